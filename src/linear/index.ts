export { gram } from './gram.ts';
export { inverseRoot } from './inverse-root.ts';
export { product } from './product.ts';
export { solve } from './solve.ts';
export { sumBy } from './sum-by.ts';
