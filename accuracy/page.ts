import { alphaDivergence } from '../src/index.ts';
import { grids } from './grid.ts';
import { plotTexts } from './plots.ts';
import { goldenTable, NUMERIC_COLUMNS, regimeTable, sweepTable, type Table } from './tables.ts';
import { failuresOf, type AccuracyReport } from './report.ts';

/** docs/accuracy.md. */
export function accuracyPage(report: AccuracyReport): string {
  const { hosts, mode, date } = report;
  const where = Object.entries(hosts).map(([host, { adapter }]) => `- ${host}: ${adapter}`);
  const all = grids[mode].flatMap(({ alphas }) => alphas);
  const failures = failuresOf(report);
  const pictures = Object.entries(plotTexts).map(([file, text]) => `${text}:\n\n![${text}](accuracy/${file})`);
  return (
    [
      '# Accuracy',
      `\`npm run accuracy\` wrote this page and its plots on ${date}${mode === 'quick' ? ', from the small sweep' : ''}. One ulp is 2⁻²³ of the exact value, the spacing of f32.`,
      'WebGPU in each host ran on:',
      where.join('\n'),
      '## Golden values',
      'The exact values were computed with 140 digits. The last column is the relative error of the f64 reference, which is what the CPU backend rounds to f32 and what every other test compares with.',
      markdown(goldenTable(report)),
      '## Sweep',
      `Rows of probabilities and of logits with 2 to 131,072 outcomes, the entries of q at most 10⁻⁷ to 1 from those of p, ${new Set(all).size} values of α from −3 to 3, among them ±1 ± 10⁻⁷. Half of the rows are spread evenly over the simplex, half over a hundred powers of two. Errors are from the f64 reference; the promise is ${alphaDivergence.operation.tolerance.ulps({ alpha: 0.5 })} ulp for |α| ≤ 1 and ${alphaDivergence.operation.tolerance.ulps({ alpha: 3 })} for |α| ≤ 3. Beside it stands a naive f32 kernel on the same device: 4/(1−α²) (1 − Σ pow(p, (1−α)/2) pow(q, (1+α)/2)), or Σ p log(p/q) at α = −1 and Σ q log(q/p) at +1, of logits after a softmax, with the same order of summation; its easy rows are those spread evenly with q at most 1 from p. 2²³ ulp are 100 %: larger errors, infinities and NaN count as that, for no digit is right.`,
      markdown(sweepTable(report)),
      ...pictures,
      '## All pairs, masks and masses',
      'The same divergences for α from −3 to 3, and Jensen–Shannon, of rows as people have them: all pairs of rows of unlike masses, 10⁻⁷ to 1 apart, also in clusters; logits of which some are masked by −10⁴ to the least f32, in p, in q or in both; and weights whose masses are 2⁻⁹⁸ to 2⁹⁸. Up to 4 ulp are right.',
      markdown(regimeTable(report)),
      ...(failures.length > 0 ? ['## Failures', failures.map((failure) => `- ${failure}`).join('\n')] : []),
    ].join('\n\n') + '\n'
  );
}

function markdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const align = columns.map((column) => (NUMERIC_COLUMNS.has(column) ? '--:' : ':--'));
  return [line(columns), line(align), ...rows.map(line)].join('\n');
}
