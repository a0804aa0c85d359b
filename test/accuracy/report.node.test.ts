import { describe, expect, it } from 'vitest';
import { accuracyPage } from '../../accuracy/page.ts';
import { plots, plotTexts } from '../../accuracy/plots.ts';
import { failuresOf, type AccuracyReport, type HostReport } from '../../accuracy/report.ts';
import { Results } from '../../accuracy/results.ts';
import { regimeTable, sweepTable } from '../../accuracy/tables.ts';
import { ALL_WRONG, Tally } from '../../accuracy/tally.ts';
import { relativeError } from '../../host/relative-error.ts';

const ulp = 2 ** -23;

function resultsOf(kernel: 'dually' | 'naive' | 'naiveEasy', error: number): Results {
  const results = new Results('probabilities', kernel);
  for (const alpha of [-1, 1 - 1e-7, 1 + 1e-7]) {
    for (const distance of [1e-7, 1]) results.add(1 + error * ulp, 1, { alpha, distance, outcomes: 2 });
  }
  return results;
}

const measured = [resultsOf('dually', 2), resultsOf('naive', 1e5), resultsOf('naiveEasy', 300)];
const host: HostReport = {
  adapter: 'a card',
  golden: [{ kind: 'kl', count: 13, worst: 1.5, mean: 0.5, worstCase: 'kl-3' }],
  totals: measured.map(({ total }) => total),
  figures: measured.flatMap(({ figures }) => figures),
  regimes: [{ regime: 'masks', place: 'cpu', count: 5, worst: 1.25, mean: 0.5, worstAt: 'α = 2' }],
  failures: [],
};
const report: AccuracyReport = {
  mode: 'quick',
  date: '2026-01-01',
  hosts: { Chromium: host },
  reference: { golden: [{ kind: 'kl', count: 13, worst: 2e-16, mean: 1e-16, worstCase: 'kl-1' }], failures: [] },
  failures: [],
};

describe('errors', () => {
  it('are relative, and of exact zeros and infinities all or nothing', () => {
    expect([relativeError(3, 2), relativeError(0, 0), relativeError(Infinity, Infinity)]).toEqual([0.5, 0, 0]);
    expect([relativeError(1e-9, 0), relativeError(NaN, 1), relativeError(5, Infinity)]).toEqual([Infinity, Infinity, Infinity]);
  });

  it('that leave no digit count as 100 %', () => {
    const tally = new Tally<string>();
    tally.add(2, 'small');
    tally.add(NaN, 'not a number');
    tally.add(1e30, 'huge');
    expect(tally.errors).toEqual({ count: 3, worst: ALL_WRONG, mean: (2 + 2 * ALL_WRONG) / 3 });
    expect(tally.worstAt).toBe('not a number');
  });

  it('are told for each value of each variable, with what cannot be right', () => {
    const results = resultsOf('naive', 8);
    results.add(-1, 1, { alpha: -1, distance: 1, outcomes: 2 });
    expect(results.total).toMatchObject({ count: 7, worst: ALL_WRONG, impossible: 1 });
    expect(results.figures.filter(({ by }) => by === 'distance')).toMatchObject([{ at: 1e-7, count: 3, worst: 8, mean: 8 }, { at: 1, count: 4 }]);
  });
});

describe('the page', () => {
  it('has the figures, the adapter and every plot', () => {
    const page = accuracyPage(report);
    expect(page).toContain('| kl | 13 | 1.50 | 2.0e-16 |');
    expect(page).toContain('| Chromium | probabilities | 6 | 2.00 | 2.00 | 1.19 % | 1.19 % | 0.0 % | 300 | 300 |');
    expect(page).toContain('| Chromium | cpu | masks | 5 | 1.25 | 0.500 | α = 2 |');
    expect(page).toContain('Chromium: a card');
    for (const file of Object.keys(plotTexts)) expect(page).toContain(`(accuracy/${file})`);
    expect(page).not.toContain('Failures');
  });

  it('tells what failed', () => {
    const broken = { ...report, hosts: { Chromium: { ...host, failures: ['no'] } }, failures: ['Firefox gave no report.'] };
    expect(failuresOf(broken)).toEqual(['Firefox gave no report.', 'Chromium: no']);
    expect(accuracyPage(broken)).toContain('## Failures\n\n- Firefox gave no report.\n- Chromium: no');
  });

  it('has a cell for every column', () => {
    for (const { columns, rows } of [sweepTable(report), regimeTable(report)]) for (const row of rows) expect(row).toHaveLength(columns.length);
  });
});

it('draws the plots as SVG that has lines, no NaN, and colours for both themes', async () => {
  const drawn = await plots(report);
  expect(drawn.map(({ file }) => file)).toEqual(Object.keys(plotTexts));
  for (const { svg } of drawn) {
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(svg.match(/role="graphics-symbol" aria-roledescription="line mark"|mark-line/g)?.length).toBeGreaterThan(0);
  }
});
