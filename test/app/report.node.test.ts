import { describe, expect, it } from 'vitest';
import { allPassed, cells, engineAsText, type JobRow } from '../../app/report.ts';

const certificate = {
  rowsChecked: 2,
  rows: 2,
  columnsChecked: 3,
  columns: 3,
  worstRelativeError: 2.4e-7,
  worstUlps: 2,
  worstRow: 1,
  tolerance: '4 ulp',
  passed: true,
  referenceMilliseconds: 1500,
  reason: 'all rows',
  milliseconds: 1550,
  share: 3.1,
  shareOfAll: 3.1,
};
const onGpu: JobRow = {
  operation: 'alphaDivergenceMatrix',
  bytes: 3e9,
  report: {
    operation: 'alphaDivergenceMatrix',
    shape: [2, 3],
    backend: 'webgpu',
    adapter: 'some adapter',
    reason: 'WebGPU has an adapter',
    chunks: 1,
    dispatches: 1,
    bytesUp: 0,
    bytesDown: 0,
    milliseconds: { total: 2100, gpu: 500, check: 1550 },
    certificate,
  },
};
const { certificate: _, ...unchecked } = onGpu.report;
const onCpu: JobRow = {
  ...onGpu,
  report: { ...unchecked, backend: 'cpu', adapter: 'CPU', milliseconds: { total: 700 } },
};
const failed: JobRow = {
  ...onGpu,
  report: { ...onGpu.report, certificate: { ...certificate, passed: false, worstUlps: Infinity } },
};

describe('cells', () => {
  it('shows a result of the GPU with times, ratio, throughput and error', () => {
    expect(cells(onGpu)).toEqual([
      'alphaDivergenceMatrix',
      '2×3',
      'webgpu',
      'some adapter',
      '500 ms',
      '1.50 s',
      '3.00×',
      '6.00',
      '2.00 ulp ✓',
      '2 of 2',
    ]);
  });

  it('shows of a sample how many rows and columns were checked, and no CPU time', () => {
    const sampled = { ...onGpu, report: { ...onGpu.report, certificate: { ...certificate, rowsChecked: 1 } } };
    expect(cells(sampled).slice(4)).toEqual(['500 ms', '–', '–', '6.00', '2.00 ulp ✓', '1 of 2']);
    const columns = { ...certificate, rowsChecked: 2, columnsChecked: 1 };
    const narrow = { ...onGpu, report: { ...onGpu.report, certificate: columns } };
    expect(cells(narrow).slice(4)).toEqual(['500 ms', '–', '–', '6.00', '2.00 ulp ✓', '2 of 2, 1 of 3 columns']);
    const none = { ...onGpu, report: { ...onGpu.report, certificate: { ...certificate, rowsChecked: 0 } } };
    expect(cells(none).slice(-2)).toEqual(['–', '0 of 2']);
  });

  it('shows the error of what the CPU did fast', () => {
    expect(cells({ ...onCpu, report: { ...onCpu.report, certificate } }).slice(4)).toEqual(['–', '700 ms', '–', '–', '2.00 ulp ✓', '2 of 2']);
  });

  it('shows only the CPU time of a result of the CPU', () => {
    expect(cells(onCpu)).toEqual(['alphaDivergenceMatrix', '2×3', 'cpu', 'CPU', '–', '700 ms', '–', '–', '–', '–']);
  });

  it('shows the error of mirror descent relative to its objective', () => {
    expect(cells({ ...onGpu, operation: 'mirrorDescent, 200 steps' }).at(-2)).toBe('2.4e-7 relative ✓');
  });

  it('marks a certificate that failed, also after its infinity went through JSON', () => {
    expect(cells(failed).at(-2)).toBe('∞ ulp ✗');
    expect(cells(JSON.parse(JSON.stringify(failed)) as JobRow).at(-2)).toBe('∞ ulp ✗');
  });
});

it('passes only when every result of the GPU has a certificate that passed', () => {
  expect(allPassed({ rows: [onGpu, onCpu] })).toBe(true);
  expect(allPassed({ rows: [onGpu, failed] })).toBe(false);
  expect(allPassed({ rows: [{ ...onGpu, report: unchecked }] })).toBe(false);
});

it('says clearly that there was no GPU', () => {
  expect(engineAsText({ backend: 'cpu', adapter: 'CPU', reason: 'no adapter' })).toBe(
    'the CPU, not on a GPU: no adapter',
  );
  expect(engineAsText({ backend: 'webgpu', adapter: 'some adapter', reason: '' })).toBe('WebGPU on some adapter');
});
