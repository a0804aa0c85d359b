import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bindingBytes, foldWorkgroups, laneCount, planBlocks, type Amount, type Block, type Extent, type Limits } from '../../src/engine/plan.ts';

const anyLimits: fc.Arbitrary<Limits> = fc.record({
  maxBufferSize: fc.integer({ min: 4, max: 8192 }), maxStorageBufferBindingSize: fc.integer({ min: 4, max: 8192 }),
  maxComputeWorkgroupsPerDimension: fc.integer({ min: 1, max: 20 }),
});
const nothing: Amount = { fixed: 0, row: 0, column: 0, cell: 0 };
const anyAmount: fc.Arbitrary<Amount> = fc.record({
  fixed: fc.integer({ min: 0, max: 500 }), row: fc.integer({ min: 0, max: 100 }), column: fc.integer({ min: 0, max: 100 }), cell: fc.integer({ min: 0, max: 8 }),
});
const anyExtent: fc.Arbitrary<Extent> = fc.record({
  rows: fc.integer({ min: 0, max: 60 }), columns: fc.integer({ min: 1, max: 60 }),
  numbersPerRow: fc.integer({ min: 0, max: 100 }), numbersPerColumn: fc.integer({ min: 0, max: 100 }), numbersPerCell: fc.integer({ min: 0, max: 2 }), memory: fc.array(anyAmount, { maxLength: 3 }), work: anyAmount,
}).map((extent) => (extent.numbersPerCell === 0 ? { ...extent, columns: 1, numbersPerColumn: 0, memory: extent.memory.map((each) => ({ ...each, column: 0, cell: 0 })) } : extent));

const sizeOf = ({ rows, columns }: Block): [rows: number, columns: number] => [rows[1] - rows[0], columns[1] - columns[0]];

describe('planBlocks', () => {
  test('covers every cell exactly once, in row order', () => {
    fc.assert(fc.property(anyExtent, anyLimits, fc.integer({ min: -100, max: 8192 }), (extent, limits, bytes) => {
      const blocks = planBlocks(extent, limits, bytes);
      if (!blocks) return;
      const cells = new Uint8Array(extent.rows * extent.columns);
      for (const { rows, columns } of blocks) {
        expect(rows[1]).toBeGreaterThan(rows[0]);
        expect(columns[1]).toBeGreaterThan(columns[0]);
        for (let i = rows[0]; i < rows[1]; i++) for (let j = columns[0]; j < columns[1]; j++) cells[i * extent.columns + j]!++;
      }
      expect(cells.every((count) => count === 1)).toBe(true);
      const order = blocks.map(({ rows, columns }) => rows[0] * extent.columns + columns[0]);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }), { numRuns: 300 });
  });

  test('keeps every tensor inside a binding and every dispatch inside its workgroups', () => {
    fc.assert(fc.property(anyExtent, anyLimits, (extent, limits) => {
      const groups = limits.maxComputeWorkgroupsPerDimension ** 2;
      for (const { rows: [top, bottom], columns: [left, right] } of planBlocks(extent, limits) ?? []) {
        const [height, width] = [bottom - top, right - left];
        const sizes = [height * extent.numbersPerRow, width * extent.numbersPerColumn, height * width * extent.numbersPerCell];
        for (const numbers of sizes) {
          expect(4 * numbers).toBeLessThanOrEqual(bindingBytes(limits));
          expect(Math.ceil(numbers / laneCount)).toBeLessThanOrEqual(groups);
        }
        expect(extent.numbersPerCell > 0 ? height * width : height).toBeLessThanOrEqual(groups); // one item a workgroup
      }
    }), { numRuns: 300 });
  });

  test('gives up only when one row, one column or one cell is too large', () => {
    fc.assert(fc.property(anyExtent, anyLimits, (extent, limits) => {
      const { numbersPerRow, numbersPerColumn, numbersPerCell } = extent;
      const largest = Math.max(numbersPerRow, numbersPerColumn, numbersPerCell, 1);
      const fits = 4 * largest <= bindingBytes(limits) && largest <= limits.maxComputeWorkgroupsPerDimension ** 2 * laneCount;
      expect(planBlocks(extent, limits) !== undefined).toBe(fits || extent.rows === 0);
    }), { numRuns: 300 });
  });

  test('keeps what a block holds inside the bytes, save a single row and column and what all need, and wastes no half of them', () => {
    fc.assert(fc.property(anyExtent, anyAmount, anyLimits, fc.integer({ min: 0, max: 8192 }), (any, amount, limits, bytes) => {
      const { fixed, row, column, cell } = any.numbersPerCell > 0 ? amount : { ...amount, column: 0, cell: 0 };
      const holds = (rows: number, columns: number): number => row * rows + (column + cell * rows) * columns;
      const extent = { ...any, memory: [{ fixed, row, column, cell }] };
      const [free, blocks] = [planBlocks({ ...extent, memory: [] }, limits), planBlocks(extent, limits, bytes)];
      expect(blocks === undefined).toBe(free === undefined);
      const room = fixed <= bytes ? bytes - fixed : bytes / 8;
      for (const block of blocks ?? []) {
        const [rows, columns] = sizeOf(block);
        expect(holds(rows, columns)).toBeLessThanOrEqual(Math.max(room, holds(1, 1)));
      }
      if (!blocks?.[0] || !free?.[0]) return;
      const [[rows, columns], [mostRows, mostColumns]] = [sizeOf(blocks[0]), sizeOf(free[0])];
      if (rows === mostRows && columns === mostColumns) return;
      expect(holds(Math.min(mostRows, 2 * rows), Math.min(mostColumns, 2 * columns))).toBeGreaterThan(room);
    }), { numRuns: 500 });
  });

  test('cuts a dispatch that a driver would kill, and leaves rows whole', () => {
    const limits = { maxBufferSize: 2 ** 32, maxStorageBufferBindingSize: 2 ** 32, maxComputeWorkgroupsPerDimension: 65_535 };
    const pairs = { rows: 20_000, columns: 20_000, numbersPerRow: 1024, numbersPerColumn: 1024, numbersPerCell: 1, memory: [nothing], work: { ...nothing, cell: 1024 } };
    const blocks = planBlocks(pairs, limits)!;
    for (const { rows, columns } of blocks) expect((rows[1] - rows[0]) * (columns[1] - columns[0]) * 1024).toBeLessThanOrEqual(2 ** 32);
    expect(blocks.length).toBeLessThan(2 * 20_000 ** 2 * 1024 / 2 ** 32);
    const rows = { rows: 1_000_000, columns: 1, numbersPerRow: 1024, numbersPerColumn: 0, numbersPerCell: 0, memory: [nothing], work: { ...nothing, row: 1024 } };
    expect(planBlocks(rows, limits)).toHaveLength(1);
  });

  test('takes what fits whole in one block', () => {
    const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27, maxComputeWorkgroupsPerDimension: 65_535 };
    const extent = { rows: 100_000, columns: 1, numbersPerRow: 100, numbersPerColumn: 0, numbersPerCell: 0, memory: [nothing], work: nothing };
    expect(planBlocks(extent, limits)).toEqual([{ rows: [0, 100_000], columns: [0, 1] }]);
    expect(planBlocks({ ...extent, rows: 0 }, limits)).toEqual([]);
    expect(planBlocks({ ...extent, numbersPerRow: 400 }, limits)?.map(({ rows }) => rows)).toEqual([[0, 83_886], [83_886, 100_000]]);
  });
});

test('foldWorkgroups covers the count within the limit of each dimension', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 70_000 }), fc.nat(), (limit, n) => {
    const count = 1 + (n % limit ** 2);
    const [x, y] = foldWorkgroups(count, limit);
    expect(Math.max(x, y)).toBeLessThanOrEqual(limit);
    expect(x * y).toBeGreaterThanOrEqual(count);
    expect(x * (y - 1)).toBeLessThan(count);
  }));
});
