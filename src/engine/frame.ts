import mainSource from '../../shaders/engine/main.wgsl?raw';
import { halfPiece, loaderOf, loadingOf, storedAs, type Loading } from './loaders.ts';
import type { InputRange, Piece } from './piece.ts';

export type FieldType = 'u32' | 'i32' | 'f32';
export type ElementType = 'u32' | 'f32' | 'atomic<u32>' | 'vec2<f32>' | 'vec4<u32>' | 'vec4<f32>';

/** What a kernel binds, and which of its functions `main` calls, stated once: what else its WGSL has is arithmetic. */
export interface FrameStatement<Field extends string> {
  /**
   * The inputs in the order of their bindings, each with the type of its elements: 'stored' where that is f32 or f16, of
   * a kernel that loads them by `<name>_at` and `<name>_quad`.
   */
  readonly inputs: Readonly<Record<string, ElementType | 'stored'>>;
  readonly output: readonly [name: string, type: ElementType];
  /** Uniforms beside those that every kernel has. */
  readonly uniforms?: Readonly<Record<Field, FieldType>>;
  /** `element(row, k)` gives a number of the result; `compute_item(item, local)` writes what it makes. */
  readonly calls: 'element' | 'compute_item';
}

/** What the engine knows of a dispatch, and a kernel has among its uniforms. */
export interface FrameValues {
  readonly rows: number;
  readonly width: number;
  /** Numbers in a row of the first argument, where the kernel says nothing else. */
  readonly outcomes: number;
  readonly items: number;
  /** Where the block of columns begins, of a kernel that folds them, or the rows of a batch, of one that sums them. */
  readonly columnFrom: number;
  /** The first row of the result. */
  readonly rowFrom: number;
  /** Where the rows of the inputs begin, and how far on the next one is, in the order of the bindings. */
  readonly inputs: readonly { readonly start: number; readonly stride: number }[];
}

/** The struct and the bindings of a kernel, what loads its inputs and what calls it; and the writer of its uniforms. */
export interface Frame<Field extends string = string> {
  readonly statement: FrameStatement<Field>;
  /** Bytes of the uniforms: four a field, rounded up to 16 as WGSL's uniform address space wants. */
  readonly byteLength: number;
  /** The WGSL for inputs that lie so, in the order of the bindings. */
  pieces(inputs: readonly InputRange[]): readonly Piece[];
  /** Writes the uniforms from a byte on. */
  write(view: DataView, at: number, values: FrameValues, own: Readonly<Record<Field, number>>): void;
}

const mainPiece: Piece = { name: 'engine/main.wgsl', source: mainSource };

/** The uniforms of every kernel. `zero` is 0, which no compiler knows. */
const common = ['rows', 'width', 'outcomes', 'items', 'column_from', 'row_from', 'zero'];

export function defineFrame<Field extends string = never>(statement: FrameStatement<Field>): Frame<Field> {
  const types = Object.values(statement.inputs);
  const own = Object.entries(statement.uniforms ?? {}) as [Field, FieldType][];
  const ownFrom = 4 * (common.length + 2 * types.length);
  const made = new Map<string, readonly Piece[]>();
  return {
    statement,
    byteLength: Math.ceil((ownFrom + 4 * own.length) / 16) * 16,
    pieces(inputs) {
      const loadings = types.map((type, index) => (type === 'stored' ? loadingOf(inputs[index]!) : undefined));
      const key = loadings.join();
      if (!made.has(key)) {
        const piece = { name: 'frame.wgsl', source: sourceOf(statement, loadings) };
        made.set(key, loadings.includes('halves') ? [mainPiece, halfPiece, piece] : [mainPiece, piece]);
      }
      return made.get(key)!;
    },
    write(view, at, { rows, width, outcomes, items, columnFrom, rowFrom, inputs }, values) {
      const known = [rows, width, outcomes, items, columnFrom, rowFrom, 0];
      known.forEach((value, index) => view.setUint32(at + 4 * index, value, true));
      inputs.forEach(({ start, stride }, index) => {
        view.setUint32(at + 4 * (common.length + 2 * index), start, true);
        view.setUint32(at + 4 * (common.length + 2 * index + 1), stride, true);
      });
      own.forEach(([field, type], index) => writeField(view, at + ownFrom + 4 * index, field, type, values[field]));
    },
  };
}

function writeField(view: DataView, at: number, field: string, type: FieldType, value: number | undefined): void {
  if (value === undefined) throw new TypeError(`The uniform ${field} has no value`);
  if (type === 'f32') view.setFloat32(at, value, true);
  else if (type === 'i32') view.setInt32(at, value, true);
  else view.setUint32(at, value, true);
}

/** How each of the inputs is loaded that may be stored in several ways. */
type Loadings = readonly (Loading | undefined)[];

function sourceOf(statement: FrameStatement<string>, loadings: Loadings): string {
  const [bindings, readers] = [bindingsOf(statement, loadings), readersOf(statement, loadings)];
  return [...structOf(statement), ...bindings, ...readers, ...callOf(statement)].join('\n');
}

function structOf({ inputs, uniforms = {} }: FrameStatement<string>): readonly string[] {
  const places = Object.keys(inputs).flatMap((name) => [`${name}_start`, `${name}_stride`]);
  const fields = [...[...common, ...places].map((field) => [field, 'u32']), ...Object.entries(uniforms)];
  return ['struct Uniforms {', ...fields.map(([field, type]) => `  ${field}: ${type},`), '}', ''];
}

function bindingsOf({ inputs, output: [output, type] }: FrameStatement<string>, loadings: Loadings): readonly string[] {
  const variables = [
    ...Object.entries(inputs).map(([name, element], index) => {
      const loading = loadings[index];
      return `<storage, read> ${name}: array<${loading ? storedAs[loading] : element}>`;
    }),
    `<storage, read_write> ${output}: array<${type}>`, '<uniform> uniforms: Uniforms',
  ];
  return [...variables.map((variable, binding) => `@group(0) @binding(${binding}) var${variable};`), ''];
}

/** Where the rows of each input begin, and what loads it. */
function readersOf({ inputs }: FrameStatement<string>, loadings: Loadings): readonly string[] {
  return Object.keys(inputs).flatMap((name, index) => {
    const loading = loadings[index];
    return [
      `fn ${name}_row(row: u32) -> u32 {`, `  return uniforms.${name}_start + row * uniforms.${name}_stride;`, '}', '',
      ...(loading ? loaderOf(name, loading) : []),
    ];
  });
}

/** An element of the result an item. */
function callOf({ calls, output: [output] }: FrameStatement<string>): readonly string[] {
  if (calls === 'compute_item') return [];
  const store = `${output}[item] = element(item / uniforms.width, item % uniforms.width);`;
  return ['fn compute_item(item: u32, local: u32) {', `  ${store}`, '}', ''];
}

const tablePieces = new Map<ElementType, Piece>();

/** The binding of a table of constants. */
export function tablePiece(type: ElementType): Piece {
  let piece = tablePieces.get(type);
  if (!piece) {
    piece = { name: 'table.wgsl', source: `@group(1) @binding(0) var<storage, read> table: array<${type}>;` };
    tablePieces.set(type, piece);
  }
  return piece;
}
