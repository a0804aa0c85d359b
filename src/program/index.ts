export { callOf } from './bytecode.ts';
export { fieldsOf, type Program } from './program.ts';
export { defineRows, type RowDefinition, type RowArgument, type RowOperation } from './rows.ts';
export { centre, normalise, shares, tilt, type Shares, type Unit } from './tilt.ts';
export { entryIndex, outcomes, stepIndex, valueOf, type Value } from './value.ts';
export { evaluatorOf, termOf, traceTerm } from './term.ts';
export { trace } from './trace.ts';
export { writeFunction } from './wgsl.ts';
