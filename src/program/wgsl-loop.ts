import type { Expressions } from './expressions.ts';
import { active, type Output, type Program } from './program.ts';
import type { Kept } from './wgsl-kept.ts';
import { asBits, asFloat, assigned, block, loaded, typeName } from './wgsl-text.ts';

/**
 * The steps of a loop around the sweeps of one. The state is in the results, where a lane reads and writes entries of
 * its own alone; its numbers of the row are variables, which all lanes have alike. A row that is no more active leaves.
 */
export function writeLoop(
  { instructions, outputs }: Program, expressions: Expressions, kept: Kept, sweeps: readonly string[],
): string[] {
  const isDouble = ({ value }: Output): boolean => instructions[value]!.type === 'double';
  const numberAt = (output: Output, words: string, at: string): string[] =>
    [at, ...isDouble(output) ? [`${at} + 1u`] : []].map((place) => `${words}[${place}]`);
  const entries = outputs.filter(({ value }) => instructions[value]!.per === 'entry');
  const numbers = outputs.filter((output) => !entries.includes(output));
  const ends = numbers.some(({ name }) => name === active);
  const load = (output: Output, words: string, at: string): string =>
    `state_${output.name} = ${loaded(numberAt(output, words, at).map(asFloat))};`;
  const placeOf = ({ name }: Output): string => `to + uniforms.${name}_to`;
  const next = numbers.map(({ name, value }) =>
    `let next_${name} = ${expressions.as(instructions[value]!.type, value)};`);
  const left = numbers.flatMap((output) =>
    assigned(numberAt(output, 'results', placeOf(output)), `state_${output.name}`, asBits));
  return [
    ...entries.map((output) => `let ${output.name}_start = ${placeOf(output)};`),
    ...numbers.map(({ name, value }) => `var state_${name} = ${typeName(instructions[value]!.type)}();`),
    ...block('if (uniforms.first_step == 0u)', [
      ...entries.flatMap((output) => copied(output, isDouble(output))),
      ...numbers.map((output) => load(output, `${output.name}_words`, startOf(output))),
    ]),
    ...numbers.length > 0 ? block('else', numbers.map((output) => load(output, 'results', placeOf(output)))) : [],
    ...kept.inputs.length > 0 ? block(`${entriesTo('uniforms.outcomes')}`, kept.inputs.flatMap((value) => {
      const name = expressions.nameOf(value)!;
      return [`let ${name} = ${expressions.definition(value)};`, ...kept.store(value, name)];
    })) : [],
    ...block('for (var step = uniforms.first_step; step < uniforms.first_step + uniforms.steps; step++)', [
      ...ends ? block(`if (!agreed(state_${active} > 0.0, local))`, ['break;']) : [],
      ...sweeps, ...next, ...numbers.map(({ name }) => `state_${name} = next_${name};`),
    ]),
    ...entries.flatMap((output) => given(output, kept)),
    ...numbers.length > 0 ? block('if (lane_of(local) == 0u)', left) : [],
    ...ends ? block(`if (state_${active} > 0.0)`, ['results[uniforms.rows * uniforms.width] = 1u;']) : [],
  ];
}

const entriesTo = (end: string): string => `for (var k = lane_of(local); k < ${end}; k += LANES)`;
const startOf = ({ name }: Output): string => `${name}_words_row(row)`;

/** Of doubles the low parts follow the high ones of all entries. */
function copied(output: Output, isDouble: boolean): string[] {
  const { name } = output;
  const columns = `uniforms.${name}_columns`;
  const parts = ['k', ...isDouble ? [`${columns} + k`] : []];
  return block(
    entriesTo(columns),
    parts.map((part) => `results[${name}_start + ${part}] = ${name}_words[${startOf(output)} + ${part}];`),
  );
}

/** What a lane has of the state goes where the results are. */
function given({ name }: Output, kept: Kept): string[] {
  const state = kept.state(name);
  if (state === undefined) return [];
  const columns = `uniforms.${name}_columns`;
  const places = ['k', `${columns} + k`];
  const write = (part: string, index: number): string =>
    `results[${name}_start + ${places[index]!}] = ${asBits(part)};`;
  return block(entriesTo(columns), kept.partsOf(state).map(write));
}
