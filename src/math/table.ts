import coefficientsSource from '../../shaders/math/coefficients.wgsl?raw';
import series10Source from '../../shaders/math/series-10.wgsl?raw';
import series12Source from '../../shaders/math/series-12.wgsl?raw';
import series18Source from '../../shaders/math/series-18.wgsl?raw';
import tableSource from '../../shaders/math/table.wgsl?raw';
import type { Piece } from '../engine/kernel.ts';

const series: Readonly<Record<10 | 12 | 18, Piece>> = {
  10: { name: 'math/series-10.wgsl', source: series10Source },
  12: { name: 'math/series-12.wgsl', source: series12Source },
  18: { name: 'math/series-18.wgsl', source: series18Source },
};

const coefficients: Piece = { name: 'math/coefficients.wgsl', source: coefficientsSource };
const tablePiece: Piece = { name: 'math/table.wgsl', source: tableSource };

/** Two polynomials serve every α; a batch takes that of its largest |α|. */
export function seriesDegree(alpha: number): 10 | 18 {
  return Math.abs(alpha) <= 4 ? 10 : 18;
}

/** The polynomial of a table up to a degree. A joined piece gives `table_head`, and to others `table_row`. */
export function seriesPieces(degree: 10 | 12 | 18): readonly Piece[] {
  return [coefficients, series[degree]];
}

/** Access to a table of alpha-table.ts, and its polynomial up to a degree. */
export function tablePieces(degree: 10 | 12 | 18): readonly Piece[] {
  return [tablePiece, ...seriesPieces(degree)];
}
