import { DomainError, ShapeError, shown } from './errors.ts';
import { lineageOf } from './lineage.ts';
import type { Axis } from './operation-record.ts';
import { apply, composing, type Composition } from './operation.ts';
import { stagesOf } from './stages.ts';
import { Tensor } from './tensor.ts';

interface RepeatParameters {
  readonly steps: number;
}

const name = 'repeat';
const tolerance = { ulps: () => 16, relativeTo: 'row' as const, reason: 'the steps of a loop, which judges itself' };

/**
 * A loop: the state is `start` and then, `steps` times, what `body` makes of it. The body is run once, on a tensor that
 * stands for the state, so it must not read; what it uses beside the state is computed once. Rows of the state must not
 * depend on other rows of it.
 */
export function repeat(start: Tensor, { steps }: RepeatParameters, body: (state: Tensor) => Tensor): Tensor {
  if (!(Number.isInteger(steps) && steps >= 0)) {
    throw new DomainError({ operation: name, argument: 'steps', expected: 'a whole number ≥ 0', got: shown(steps), remedy: 'Pass { steps: … }.' });
  }
  const { state, next } = traced(start, body);
  if (next.form !== start.form || next.shape.join() !== state.shape.join()) {
    throw new ShapeError({
      operation: name, argument: 'body', expected: `the next state in the shape and form of the state, [${state.shape.join(', ')}] ${start.form}`,
      got: `[${next.shape.join(', ')}] ${next.form}`, remedy: 'Give the state back as it came.',
    });
  }
  const constants = constantsOf(next, state);
  const given = [state, ...constants];
  const axes = axesOf(next, given);
  if (axes[0] !== 'rows') {
    throw new ShapeError({ operation: name, argument: 'body', expected: 'rows of the state that do not depend on others', got: 'a step that needs all of them', remedy: 'Make the step row by row.' });
  }
  const record: Composition<RepeatParameters> = {
    name, formula: 'x ← f(x)', source: 'definition', tolerance,
    arguments: given.map((_, index) => ({ name: index === 0 ? 'start' : `constant ${index}`, takes: 'any', axis: axes[index]! })),
    result: () => ({ shape: next.shape, form: next.form }),
    body: { given, next, steps },
    passes: () => Math.max(1, steps),
  };
  return apply(record, [start, ...constants], { steps });
}

/** The body on a symbol of the state, which has a row for each of the batch also where one row begins for all. */
function traced({ host, shape: [rows, ...row], form }: Tensor, body: (state: Tensor) => Tensor): { readonly state: Tensor; readonly next: Tensor } {
  const symbol = (count: number): Tensor => new Tensor(host, [count, ...row], form, { kind: 'source', data: new Float32Array(), trusted: true });
  const onRows = (count: number): { readonly state: Tensor; readonly next: Tensor } => {
    const state = symbol(count);
    return { state, next: composing(() => body(state)) };
  };
  const first = onRows(rows!);
  return rows === 1 && first.next.rows !== 1 ? onRows(first.next.rows) : first;
}

/** What a step uses that does not depend on the state. */
function constantsOf(next: Tensor, state: Tensor): readonly Tensor[] {
  const varying = new Set([state]);
  const varies = (tensor: Tensor): boolean => varying.has(tensor);
  for (let size = 0; size < varying.size;) {
    size = varying.size;
    for (const tensor of lineageOf(next)) if (tensor.origin.kind === 'result' && tensor.origin.inputs.some(varies)) varying.add(tensor);
  }
  const constants = new Set<Tensor>();
  for (const tensor of varying) if (tensor.origin.kind === 'result') for (const input of tensor.origin.inputs) if (!varies(input)) constants.add(input);
  return [...constants];
}

/** How what a step is given goes with its rows. */
function axesOf(next: Tensor, given: readonly Tensor[]): readonly Axis[] {
  const stages = stagesOf(next, (tensor) => given.includes(tensor));
  return given.map((tensor) => (stages.some((stage) => stage.tensor === tensor && stage.span !== 'rows') ? 'whole' : 'rows'));
}
