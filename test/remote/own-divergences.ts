/** Divergences that an application defines, and both its threads import. */
import type { PlainDivergence } from '../../src/divergences/row-divergence.ts';
import { defineBregman, defineFDivergence } from '../../src/worker.ts';

export const triangular: PlainDivergence = defineFDivergence({
  name: 'klDivergence', // which the library has too
  term: ({ ratio, excess }) => excess.squared().over(ratio.plus(1)), atZero: 1, atInfinity: 1,
});
export const cubic: PlainDivergence = defineBregman({
  name: 'cubic', term: ({ p, q, difference }) => difference.squared().times(q.times(2).plus(p)), infinite: { withoutP: false, withoutQ: false },
});
/** One that promises more than f32 holds. */
export const overpromised: PlainDivergence = defineFDivergence({
  name: 'overpromised', term: ({ excess }) => excess.squared(), atZero: 1, atInfinity: Infinity, ulps: 1e-6,
});
