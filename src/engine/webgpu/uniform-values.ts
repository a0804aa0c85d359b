import type { Command } from './command.ts';

/** What the engine calls the place of an input among the uniforms. */
const places = new Map<string, readonly [start: string, stride: string]>();

function placeOf(name: string): readonly [start: string, stride: string] {
  let place = places.get(name);
  if (!place) places.set(name, place = [`${name}_start`, `${name}_stride`]);
  return place;
}

/** The uniforms of a dispatch by their names: those of the kernel, and those that the engine knows. */
export function uniformValues({ kernel, dispatch, inputs, columnFrom = 0, rowFrom = 0, loop }: Command): (field: string) => number | undefined {
  const own = kernel.values?.(dispatch);
  return (field) => {
    if (own && field in own) return own[field];
    if (field === 'rows') return dispatch.rows;
    if (field === 'width') return dispatch.width;
    if (field === 'zero') return 0;
    if (field === 'column_from') return columnFrom;
    if (field === 'row_from') return rowFrom;
    if (field === 'first_step') return loop?.first;
    if (field === 'steps') return loop?.steps;
    for (const { name, region } of inputs) {
      const [start, stride] = placeOf(name);
      if (field === start) return region.start;
      if (field === stride) return region.stride;
    }
    return undefined;
  };
}
