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

/** What a block takes of something: a part of its own, and parts for each of its rows, columns and cells. */
export interface Amount {
  readonly fixed: number;
  readonly row: number;
  readonly column: number;
  readonly cell: number;
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
  /** The bytes that a block holds at once, at the times at which they may be the most. */
  readonly memory: readonly Amount[];
  /** The turns of loops in its dearest dispatch. */
  readonly work: Amount;
}

/** Lanes of a workgroup in which every lane has an item of its own. */
export const laneCount = 64;

/** The bytes that one binding may hold. */
export function bindingBytes(limits: Limits): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

/**
 * Turns of loops in a dispatch: what a slow GPU does in half a second, at 2³³ turns a second, for drivers kill a dispatch that
 * takes longer than about 2 s. It is far more than keeps a fast one busy, and than rows that fit a binding need by themselves.
 */
const mostTurns = 2 ** 32;

/**
 * The largest blocks that keep every tensor inside one binding, every dispatch inside its workgroups and its time, and all
 * that a block holds inside a number of bytes, in row order; undefined when a single row does not fit a binding. A single
 * row or cell, and what all blocks need, may take more bytes and more time.
 */
export function planBlocks(extent: Extent, limits: Limits, bytes: number = Infinity): readonly Block[] | undefined {
  if (extent.rows === 0 || extent.columns === 0) return [];
  const largest = largestBlock(extent, limits);
  if (largest.rows < 1 || largest.columns < 1) return undefined;
  const { rows, columns } = extent.memory.reduce((size, memory) => within(size, memory, bytes), within(largest, extent.work, mostTurns));
  return spans(extent.rows, rows).flatMap((rowSpan) => spans(extent.columns, columns).map((columnSpan) => ({ rows: rowSpan, columns: columnSpan })));
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

function largestBlock(extent: Extent, limits: Limits): Size {
  const numbers = Math.floor(bindingBytes(limits) / 4);
  const groups = limits.maxComputeWorkgroupsPerDimension ** 2; // a dispatch folds over two dimensions
  const fitting = (cost: number): number => Math.floor(Math.min(numbers, groups * laneCount) / Math.max(1, cost));
  const { cellsPerBlock = Infinity } = extent;
  const side = Math.min(extent.rows, Math.sqrt(cellsPerBlock)); // blocks are square where the rows suffice
  const columns = Math.min(extent.columns, fitting(extent.numbersPerColumn), groups, fitting(extent.numbersPerCell), Math.max(1, Math.floor(cellsPerBlock / side)));
  const cells = extent.numbersPerCell > 0 ? columns : 1;
  const rowsOfCells = extent.numbersPerCell > 0 ? Math.max(1, Math.floor(cellsPerBlock / cells)) : Infinity;
  const rows = Math.min(extent.rows, fitting(extent.numbersPerRow), Math.floor(groups / cells), fitting(extent.numbersPerCell * cells), rowsOfCells);
  return { rows, columns };
}

/** A share of what there is that blocks get where what they all need is more than that by itself. */
const leastShare = 1 / 8;

/** The block halved where it takes the most, until it takes no more than there is; then with as many rows as there is room for. */
function within({ rows: mostRows, columns: mostColumns }: Size, { fixed, row, column, cell }: Amount, most: number): Size {
  const room = fixed <= most ? most - fixed : most * leastShare;
  let [rows, columns] = [mostRows, mostColumns];
  while (row * rows + (column + cell * rows) * columns > room && (rows > 1 || columns > 1)) {
    const cutColumns = rows === 1 || (columns > 1 && (column + cell * rows) * columns >= (row + cell * columns) * rows);
    if (cutColumns) columns = Math.ceil(columns / 2);
    else rows = Math.ceil(rows / 2);
  }
  const perRow = row + cell * columns;
  const fitting = perRow > 0 ? Math.floor((room - column * columns) / perRow) : Infinity;
  return { columns, rows: Math.min(mostRows, Math.max(rows, fitting)) };
}

function spans(count: number, step: number): [number, number][] {
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => [index * step, Math.min(count, (index + 1) * step)]);
}

/** A one-dimensional count of workgroups folded over two dimensions of a dispatch. */
export function foldWorkgroups(count: number, limit: number): readonly [x: number, y: number] {
  return count <= limit ? [count, 1] : [limit, Math.ceil(count / limit)];
}
