export { defineRows, type RowDefinition, type RowArgument, type RowOperation } from './rows.ts';
export { centre, normalise, shares, tilt, type Shares, type Unit } from './tilt.ts';
export { entryIndex, outcomes, stepIndex, valueOf, type Value } from './value.ts';
