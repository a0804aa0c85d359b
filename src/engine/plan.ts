/** Pure: from what is asked and what the device allows to blocks of the result. Needs no device, so its tests need none. */

/** The limits that a plan is made from; the names are WebGPU's. */
export interface Limits {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxComputeWorkgroupsPerDimension: number;
}

/** A block of the result: rows [rows[0], rows[1]) and, of an all-pairs result, columns [columns[0], columns[1]). */
export interface Block {
  readonly rows: readonly [from: number, to: number];
  readonly columns: readonly [from: number, to: number];
}

/** What one row, one column and one cell of the result cost at most in any tensor of the computation, in numbers. */
export interface Extent {
  readonly rows: number;
  readonly columns: number;
  readonly numbersPerRow: number;
  readonly numbersPerColumn: number;
  readonly numbersPerCell: number;
  /** The cells that a block of all pairs may have, where it need not be as large as it can. */
  readonly cellsPerBlock?: number;
}

/** Lanes of a workgroup in which every lane has an item of its own. */
export const laneCount = 64;

/** The bytes that one binding may hold. */
export function bindingBytes(limits: Limits): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

/**
 * The largest blocks that keep every tensor inside one binding and every dispatch inside its workgroups, in row order;
 * undefined when a single row does not fit.
 */
export function planBlocks(extent: Extent, limits: Limits): readonly Block[] | undefined {
  if (extent.rows === 0 || extent.columns === 0) return [];
  const numbers = Math.floor(bindingBytes(limits) / 4);
  const groups = limits.maxComputeWorkgroupsPerDimension ** 2; // a dispatch folds over two dimensions
  const fitting = (cost: number): number => Math.floor(Math.min(numbers, groups * laneCount) / Math.max(1, cost));
  const { cellsPerBlock = Infinity } = extent;
  const side = Math.min(extent.rows, Math.sqrt(cellsPerBlock)); // blocks are square where the rows suffice
  const columns = Math.min(extent.columns, fitting(extent.numbersPerColumn), groups, fitting(extent.numbersPerCell), Math.max(1, Math.floor(cellsPerBlock / side)));
  const cells = extent.numbersPerCell > 0 ? columns : 1;
  const rowsOfCells = extent.numbersPerCell > 0 ? Math.max(1, Math.floor(cellsPerBlock / cells)) : Infinity;
  const rows = Math.min(extent.rows, fitting(extent.numbersPerRow), Math.floor(groups / cells), fitting(extent.numbersPerCell * cells), rowsOfCells);
  if (rows < 1 || columns < 1) return undefined;
  return spans(extent.rows, rows).flatMap((rowSpan) => spans(extent.columns, columns).map((columnSpan) => ({ rows: rowSpan, columns: columnSpan })));
}

function spans(count: number, step: number): [number, number][] {
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => [index * step, Math.min(count, (index + 1) * step)]);
}

/** A one-dimensional count of workgroups folded over two dimensions of a dispatch. */
export function foldWorkgroups(count: number, limit: number): readonly [x: number, y: number] {
  return count <= limit ? [count, 1] : [limit, Math.ceil(count / limit)];
}
