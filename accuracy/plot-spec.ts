import type { TopLevelSpec } from 'vega-lite';
import { KERNELS, pointsOf, SMALLEST_SHOWN, type Position } from './plot-points.ts';
import type { AccuracyReport, Variable } from './report.ts';
import { ALL_WRONG } from './tally.ts';
import { COLOURS } from './theme.ts';

export interface Plot {
  readonly text: string;
  readonly by: Variable;
  readonly at: Position;
  readonly axis: {
    readonly title: string;
    readonly scale: object;
    readonly values: readonly number[];
    readonly labels?: string;
  };
}

const PROMISE = 4;

/** One panel for each host and form of rows. */
export function specOf(plot: Plot, report: AccuracyReport): TopLevelSpec {
  const { title, scale, values, labels } = plot.axis;
  const axis = { title, values, grid: false, ...(labels && { labelExpr: labels }) };
  const guides = {
    data: { values: [{ ulp: PROMISE }, { ulp: ALL_WRONG }] },
    mark: { type: 'rule', strokeDash: [1, 3], color: COLOURS.guide },
    encoding: { y: { field: 'ulp', type: 'quantitative' } },
  };
  return {
    data: { values: pointsOf(plot.by, plot.at, report) },
    facet: { column: { field: 'host', title: null }, row: { field: 'rows', title: null, sort: 'descending' } },
    spacing: 12,
    spec: {
      width: 216,
      height: 150,
      layer: [
        guides,
        {
          mark: { type: 'line', strokeWidth: 1.6, clip: true },
          encoding: {
            x: { field: 'x', type: 'quantitative', axis, scale: { nice: false, ...scale } },
            y: {
              field: 'ulp',
              type: 'quantitative',
              scale: { type: 'log', domain: [SMALLEST_SHOWN, 2 * ALL_WRONG], clamp: true },
              axis: {
                title: 'error in ulp',
                values: [0.1, 1, PROMISE, 100, 1e4, ALL_WRONG],
                labelExpr: `datum.value === ${ALL_WRONG} ? '100 %' : datum.value < 1000 ? format(datum.value, '~g') : ${powersOfTen(4, 4)}`,
              },
            },
            color: {
              field: 'kernel',
              scale: { domain: Object.values(KERNELS), range: [COLOURS.dually, COLOURS.naive, COLOURS.naiveEasy] },
              legend: { orient: 'top', title: null },
            },
            strokeDash: {
              field: 'error',
              scale: {
                domain: ['worst', 'mean'],
                range: [
                  [1, 0],
                  [4, 3],
                ],
              },
              legend: { orient: 'top', title: null },
            },
          },
        },
      ],
    },
    config: {
      background: 'transparent',
      font: 'system-ui, sans-serif',
      axis: { labelOverlap: false, titleFontWeight: 'normal', gridColor: COLOURS.guide, gridOpacity: 0.25 },
      view: { stroke: COLOURS.guide },
    },
  } as TopLevelSpec;
}

/** A Vega expression that writes the powers of ten of an axis. */
export function powersOfTen(from: number, to: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const names = Array.from({ length: to - from + 1 }, (_, index) => {
    const power = from + index;
    const raised = String(Math.abs(power)).replace(/\d/g, (digit) => digits[Number(digit)]!);
    return [power, power === 0 ? '1' : `10${power < 0 ? '⁻' : ''}${raised}`];
  });
  return `(${JSON.stringify(Object.fromEntries(names))})[round(log(datum.value) / LN10)]`;
}
