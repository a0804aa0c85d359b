export type { CoordinateParameters, Coordinates } from './coordinates.ts';
export { fisherInformation } from './fisher-information.ts';
export { fisherVectorProduct } from './fisher-vector-product.ts';
