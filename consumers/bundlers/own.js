import { defineFDivergence } from 'dually/worker';

/** A divergence of the application's own, which both the page and its worker import. */
export const triangular = defineFDivergence({
  name: 'triangularDiscrimination', term: ({ ratio, excess }) => excess.squared().over(ratio.plus(1)), atZero: 1, atInfinity: 1,
});
