import { defineFDivergence } from 'dually/worker';

/** A divergence of the application's own, which both the page and its worker import. */
export const triangular = defineFDivergence({
  name: 'triangularDiscrimination', wgsl: 'excess * excess / (ratio + 1.0)',
  f: (ratio, excess) => excess ** 2 / (ratio + 1), atZero: 1, atInfinity: 1,
});
