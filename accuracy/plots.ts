import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import { powersOfTen, specOf, type Plot } from './plot-spec.ts';
import type { AccuracyReport } from './report.ts';
import { themed } from './theme.ts';

const decades = [1e-7, 1e-5, 1e-3, 1e-1];
const itself = (value: number): number => value;

const plotsByFile: Readonly<Record<string, Plot>> = {
  'by-alpha.svg': {
    text: 'Worst and mean error in ulp by α from −3 to 3, beside a naive f32 kernel',
    by: 'alpha',
    at: itself,
    axis: { title: 'α', scale: { domain: [-3, 3] }, values: [-3, -2, -1, 0, 1, 2, 3] },
  },
  'near-one.svg': {
    text: 'Worst and mean error in ulp by the distance of α from ±1, beside a naive f32 kernel',
    by: 'alpha',
    at: fromLimit,
    axis: { title: 'distance of α from ±1', scale: { type: 'log' }, values: decades, labels: powersOfTen(-7, 0) },
  },
  'by-distance.svg': {
    text: 'Worst and mean error in ulp by the distance of the rows, beside a naive f32 kernel',
    by: 'distance',
    at: itself,
    axis: { title: 'distance of q from p', scale: { type: 'log' }, values: decades, labels: powersOfTen(-7, 0) },
  },
  'by-outcomes.svg': {
    text: 'Worst and mean error in ulp by the number of outcomes, beside a naive f32 kernel',
    by: 'outcomes',
    at: itself,
    axis: {
      title: 'outcomes',
      scale: { type: 'log', base: 2 },
      values: [2, 64, 2048, 131_072],
      labels: "format(datum.value, ',')",
    },
  },
};

/** What the plots show, by the names of their files. */
export const plotTexts: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(plotsByFile).map(([file, { text }]) => [file, text]),
);

/** The plots as SVG. */
export async function plots(report: AccuracyReport): Promise<{ file: string; svg: string }[]> {
  return Promise.all(
    Object.entries(plotsByFile).map(async ([file, plot]) => {
      const view = new View(parse(compile(specOf(plot, report)).spec), { renderer: 'none' });
      return { file, svg: themed(await view.toSVG(), plot.text) };
    }),
  );
}

/** The distance of α from ±1 where the sweep goes near them. */
function fromLimit(alpha: number): number | undefined {
  const distance = Math.abs(Math.abs(alpha) - 1);
  return distance > 0 && distance < 0.11 ? 10 ** Math.round(Math.log10(distance)) : undefined;
}
