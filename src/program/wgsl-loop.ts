import type { Expressions } from './expressions.ts';
import { active, type Output, type Program } from './program.ts';
import type { Kept } from './wgsl-kept.ts';
import { block } from './wgsl-text.ts';

/**
 * The steps of a loop around the sweeps of one. The state is in the results, where a lane reads and writes entries of its
 * own alone; its numbers of the row are variables, which all lanes have alike. A row that is no more active leaves.
 */
export function writeLoop(
  { instructions, outputs }: Program, expressions: Expressions, kept: Kept, sweeps: readonly string[],
): string[] {
  const typeOf = ({ value }: Output): string => (instructions[value]!.type === 'double' ? 'DoubleSingle' : 'f32');
  const entries = outputs.filter(({ value }) => instructions[value]!.per === 'entry');
  const numbers = outputs.filter((output) => !entries.includes(output));
  const ends = numbers.some(({ name }) => name === active);
  const load = (output: Output, words: string, at: string): string => `state_${output.name} = ${numberAt(words, at, typeOf(output))};`;
  const next = numbers.map((output) => `let next_${output.name} = ${expressions.as(instructions[output.value]!.type, output.value)};`);
  const left = numbers.flatMap((output) => stored(output, typeOf(output)));
  return [
    ...entries.map(({ name }) => `let ${name}_start = to + uniforms.${name}_to;`),
    ...numbers.map((output) => `var state_${output.name} = ${typeOf(output)}();`),
    ...block('if (uniforms.first_step == 0u)', [
      ...entries.flatMap((output) => copied(output, typeOf(output))),
      ...numbers.map((output) => load(output, `${output.name}_words`, startOf(output))),
    ]),
    ...numbers.length > 0 ? block('else', numbers.map((output) => load(output, 'results', `to + uniforms.${output.name}_to`))) : [],
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

function numberAt(words: string, at: string, type: string): string {
  const number = (place: string): string => `bitcast<f32>(${words}[${place}])`;
  return type === 'f32' ? number(at) : `DoubleSingle(${number(at)}, ${number(`${at} + 1u`)})`;
}

/** Of doubles the low parts follow the high ones of all entries. */
function copied(output: Output, type: string): string[] {
  const { name } = output;
  const columns = `uniforms.${name}_columns`;
  const parts = type === 'f32' ? ['k'] : ['k', `${columns} + k`];
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
  const [high, low] = kept.partsOf(state);
  return block(entriesTo(columns), [
    `results[${name}_start + k] = bitcast<u32>(${high!});`,
    ...low === undefined ? [] : [`results[${name}_start + ${columns} + k] = bitcast<u32>(${low});`],
  ]);
}

function stored({ name }: Output, type: string): string[] {
  const at = `to + uniforms.${name}_to`;
  if (type === 'f32') return [`results[${at}] = bitcast<u32>(state_${name});`];
  return [`results[${at}] = bitcast<u32>(state_${name}.high);`, `results[${at} + 1u] = bitcast<u32>(state_${name}.low);`];
}
