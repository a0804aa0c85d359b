import { active, type Output, type Program } from './program.ts';
import { indented } from './wgsl-text.ts';

/**
 * The steps of a loop around the sweeps of one. The state is in the results, where a lane reads and writes entries of its
 * own alone; its numbers of the row are variables, which all lanes have alike. A row that is no more active leaves.
 */
export function writeLoop({ instructions, outputs }: Program, sweeps: readonly string[], valueOf: (output: Output) => string): string[] {
  const typeOf = ({ value }: Output): 'DoubleSingle' | 'f32' => (instructions[value]!.type === 'double' ? 'DoubleSingle' : 'f32');
  const entries = outputs.filter(({ value }) => instructions[value]!.per === 'entry');
  const numbers = outputs.filter((output) => !entries.includes(output));
  const ends = numbers.some(({ name }) => name === active);
  const started = [
    ...entries.flatMap((output) => copied(output, typeOf(output))),
    ...numbers.map((output) => `state_${output.name} = ${numberAt(`${output.name}_words`, startOf(output), typeOf(output))};`),
  ];
  return [
    ...entries.map(({ name }) => `let ${name}_start = to + uniforms.${name}_to;`),
    ...numbers.map((output) => `var state_${output.name} = ${typeOf(output)}();`),
    'if (uniforms.first_step == 0u) {', ...indented(started), '} else {',
    ...indented(numbers.map((output) => `state_${output.name} = ${numberAt('results', `to + uniforms.${output.name}_to`, typeOf(output))};`)), '}',
    'for (var step = uniforms.first_step; step < uniforms.first_step + uniforms.steps; step++) {',
    ...indented([
      ...ends ? [`if (!agreed(state_${active} > 0.0, local)) {`, '  break;', '}'] : [],
      ...sweeps,
      ...numbers.map((output) => `let next_${output.name} = ${valueOf(output)};`),
      ...numbers.map(({ name }) => `state_${name} = next_${name};`),
    ]),
    '}',
    ...numbers.length > 0 ? ['if (lane_of(local) == 0u) {', ...indented(numbers.flatMap((output) => stored(output, typeOf(output)))), '}'] : [],
    ...ends ? [`if (state_${active} > 0.0) {`, '  results[uniforms.rows * uniforms.width] = 1u;', '}'] : [],
  ];
}

const startOf = ({ name }: Output): string => `uniforms.${name}_start + row * uniforms.${name}_stride`;

function numberAt(words: string, at: string, type: 'DoubleSingle' | 'f32'): string {
  const number = (place: string): string => `bitcast<f32>(${words}[${place}])`;
  return type === 'f32' ? number(at) : `DoubleSingle(${number(at)}, ${number(`${at} + 1u`)})`;
}

/** Of doubles the low parts follow the high ones of all entries. */
function copied(output: Output, type: 'DoubleSingle' | 'f32'): string[] {
  const { name } = output;
  const [from, to] = [startOf(output), `${name}_start`];
  return [
    `for (var k = lane_of(local); k < uniforms.${name}_columns; k += LANES) {`,
    `  results[${to} + k] = ${name}_words[${from} + k];`,
    ...type === 'f32' ? [] : [`  results[${to} + uniforms.${name}_columns + k] = ${name}_words[${from} + uniforms.${name}_columns + k];`],
    '}',
  ];
}

function stored({ name }: Output, type: 'DoubleSingle' | 'f32'): string[] {
  const at = `to + uniforms.${name}_to`;
  if (type === 'f32') return [`results[${at}] = bitcast<u32>(state_${name});`];
  return [`results[${at}] = bitcast<u32>(state_${name}.high);`, `results[${at} + 1u] = bitcast<u32>(state_${name}.low);`];
}
