import { describe, expect, it } from 'vitest';
import {
  cells,
  COLUMNS,
  fractions,
  heading,
  passed,
  remarks,
  type BenchReport,
  type BenchRow,
} from '../../bench/report.ts';

const sample = { minimum: 2, median: 3, rounds: 3 };
const onGpu: BenchRow = {
  operation: 'klDivergence',
  parameters: {},
  shape: '256×64',
  backend: 'webgpu',
  regime: 'lane',
  bytes: 40e6, // in 2 ms: 20 GB/s
  arithmetic: 300e6, // 150 G/s
  kernel: sample,
  wall: { minimum: 4, median: 5, rounds: 3 },
  ceilings: { gigabytesPerSecond: 80, gigaFmaPerSecond: 500 },
  certificate: { passed: true, worstUlps: 0.512, rowsChecked: 32, tolerance: '4 ulp' },
};
const onCpu: BenchRow = { ...onGpu, backend: 'cpu', regime: null, kernel: null, ceilings: null, certificate: null };
const report: BenchReport = {
  mode: 'quick',
  date: '2026-01-01T00:00:00.000Z',
  adapter: 'a card',
  cpuAlone: false,
  cores: 2,
  isolated: true,
  clock: 'timestamp-query',
  browser: 'Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
  pace: { rounds: 3, budget: 1500 },
  rows: [onGpu, onCpu],
  crossover: { outcomes: 256, operations: [{ operation: 'klDivergence', rows: 64, largest: 4096 }] },
  peers: [],
  failures: [],
};

describe('the fractions of the ceilings', () => {
  it('are rates over rates', () => {
    expect(fractions(onGpu)).toEqual({ ofRead: 0.25, ofFma: 0.3 });
  });

  it('are not told where nothing was counted, nor on the CPU', () => {
    expect(fractions({ ...onGpu, arithmetic: null })).toEqual({ ofRead: 0.25, ofFma: undefined });
    expect(fractions(onCpu)).toEqual({ ofRead: undefined, ofFma: undefined });
  });
});

describe('a row of the table', () => {
  const cell = (row: BenchRow, column: (typeof COLUMNS)[number]): string => cells(row)[COLUMNS.indexOf(column)]!;

  it('has a cell for every column', () => {
    expect(cells(onGpu)).toHaveLength(COLUMNS.length);
    expect(cells(onCpu)).toHaveLength(COLUMNS.length);
  });

  it('names the ceiling that is nearer', () => {
    expect(cell(onGpu, 'binding')).toBe('30 % FMA');
    expect(cell({ ...onGpu, arithmetic: 1e6 }, 'binding')).toBe('25 % read');
    expect(cell({ ...onGpu, arithmetic: null }, 'binding')).toBe('25 % read');
    expect(cell(onCpu, 'binding')).toBe('–');
  });

  it('counts bytes over the kernel, and over the call where there is none', () => {
    expect(cell(onGpu, 'GB/s')).toBe('20.0');
    expect(cell(onCpu, 'GB/s')).toBe('10.0');
  });

  it('tells an error that is too large, or infinite', () => {
    const certificate = { ...onGpu.certificate!, passed: false };
    expect(cell(onGpu, 'worst error')).toBe('0.512 ulp ✓');
    expect(cell({ ...onGpu, certificate: { ...certificate, worstUlps: 9.5 } }, 'worst error')).toBe('9.50 ulp ✗');
    expect(cell({ ...onGpu, certificate: { ...certificate, worstUlps: null } }, 'worst error')).toBe('∞ ulp ✗');
  });
});

describe('the report', () => {
  it('has passed only without failures and failed certificates', () => {
    expect(passed(report)).toBe(true);
    expect(passed({ ...report, failures: [{ operation: 'x', shape: '1×2', message: 'no' }] })).toBe(false);
    const failed = { ...onGpu, certificate: { ...onGpu.certificate!, passed: false } };
    expect(passed({ ...report, rows: [onCpu, failed] })).toBe(false);
  });

  it('says where it ran', () => {
    expect(heading(report)).toContain('WebGPU on a card; HeadlessChrome 156; 2026-01-01');
    expect(heading({ ...report, adapter: null })).toContain('no WebGPU here');
    expect(heading({ ...report, adapter: null, cpuAlone: true })).toContain('rounds, the CPU alone: 2 cores, cross-origin');
    expect(heading({ ...report, adapter: null, isolated: false })).toContain('2 cores, not cross-origin isolated');
  });

  it('says from which batch the GPU is ahead, in one line, and what failed', () => {
    const failures = [{ operation: 'x', shape: '1×2', message: 'no' }];
    const operations = [...report.crossover.operations, { operation: 'probabilities', rows: null, largest: 4096 }];
    const lines = remarks({ ...report, failures, crossover: { ...report.crossover, operations } });
    expect(lines.at(-2)).toContain('klDivergence 64, probabilities not up to 4096.');
    expect(lines.at(-1)).toBe('FAILED x 1×2: no');
    expect(remarks({ ...report, adapter: null, rows: [onCpu] }).join(' ')).not.toContain('GFMA');
  });
});
