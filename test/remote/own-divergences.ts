/** Divergences that an application defines, and both its threads import. */
import type { PlainDivergence } from '../../src/divergences/row-divergence.ts';
import { defineBregman, defineFDivergence } from '../../src/worker.ts';

export const triangular: PlainDivergence = defineFDivergence({
  name: 'klDivergence', // which the library has too
  wgsl: 'excess * excess / (ratio + 1.0)', f: (ratio, excess) => excess ** 2 / (ratio + 1), atZero: 1, atInfinity: 1,
});
export const cubic: PlainDivergence = defineBregman({
  name: 'cubic', wgsl: 'difference * difference * (p + 2.0 * q)', term: (p, q, difference) => difference ** 2 * (p + 2 * q), infinite: { withoutP: false, withoutQ: false },
});
/** One whose twins are not the same. */
export const unequal: PlainDivergence = defineFDivergence({ name: 'unequal', wgsl: '2.0 * excess * excess', f: (_, excess) => excess ** 2, atZero: 1, atInfinity: Infinity });
