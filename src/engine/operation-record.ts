import type { Way } from './cost.ts';
import type { Form } from './forms.ts';
import type { CpuCall, Dispatch, Kernel } from './kernel.ts';

/**
 * How the rows of an argument go with the result:
 * 'rows' with its rows (one row serves all), 'columns' with its columns, 'block' like the result itself,
 * 'head' the first rows whatever part of the result is made, 'whole' every row of it, 'picked' one row of it, whichever, 'fold' with its rows, while its
 * columns come block after block, each merged into what the blocks before have left in the result,
 * 'batch' every row of it (one row serves all), while these come block after block likewise.
 */
export type Axis = 'rows' | 'columns' | 'block' | 'head' | 'whole' | 'picked' | 'fold' | 'batch';

export interface Argument {
  readonly name: string;
  /** 'distributions' takes every form but 'values'; 'values' takes real vectors and results. */
  readonly takes: 'distributions' | 'values' | 'any';
  readonly axis: Axis;
  /** Numbers of a row for so many outcomes, where it is not as many. */
  readonly width?: (outcomes: number) => number;
}

/** Rows of an argument in f64, as the reference sees them. A row that serves the whole batch answers to every index. */
export interface Operand {
  readonly form: Form;
  readonly rows: number;
  readonly width: number;
  row(index: number): ArrayLike<number>;
}

/** Writes a row of a result. Where that takes long it stops now and then, so that a page stays alive: it has ended when its steps have. */
export type RowWriter = (row: number, out: Float64Array) => Iterable<void> | void;

/** How far the GPU may be from the reference, and why just so far. */
export interface Tolerance<Parameters> {
  /** Allowed relative error in units of 2⁻²³. */
  readonly ulps: (parameters: Parameters) => number;
  /** Whether an error is relative to its own entry or to the largest entry of its row. */
  readonly relativeTo: 'entry' | 'row';
  readonly reason: string;
  /** The relative error of a row, where entries are not what counts. */
  readonly compare?: (operands: readonly Operand[], parameters: Parameters) => (row: number, got: ArrayLike<number>, expected: ArrayLike<number>) => number;
  /** Of a solver: the error of a row by what it is, such as its residual. Then nothing is run again in f64 to compare it with. */
  readonly judge?: (operands: readonly Operand[], parameters: Parameters) => (row: number, got: ArrayLike<number>) => number;
}

/** How many times dearer a number is than in KL(p‖q), by the way it is done; 1 where nothing is said. */
export type Dearness = Partial<Readonly<Record<Way, number>>>;

/** Some steps of a loop. */
export interface Round {
  readonly first: number;
  readonly steps: number;
}

/** What a loop goes round: a step as a graph, from what it is given to the next state. */
export interface LoopBody<Tensor> {
  /** What stands in the graph for the inputs of the loop, the state first. */
  readonly given: readonly Tensor[];
  readonly next: Tensor;
  readonly steps: number;
}

/**
 * One operation is one record: everything that the engine, the tests, the bench and the documentation know of it.
 * What a tensor is comes as a parameter, for a tensor knows its operation.
 */
export interface RecordOn<Tensor, Parameters> {
  readonly name: string;
  /** Whether a caller of the library defined it. */
  readonly isOwn?: true;
  /** Whether its numbers are information, in nats. */
  readonly information?: (parameters: Parameters) => boolean;
  /** What it computes, in one line of mathematics, for the README's table; no build has it (build/record-notes.ts). @internal */
  readonly formula: string;
  /** Where the formula comes from; likewise. @internal */
  readonly source: string;
  readonly arguments: readonly Argument[];
  /** Outcomes that it takes at most. */
  readonly mostOutcomes?: number;
  /** How a call reads, where it is not name(arguments, { parameters }). */
  readonly usage?: string;
  /** The names of its parameters; others are refused. Steps of compositions, which no caller calls, state none. */
  readonly parameters?: readonly string[];
  /** Names of what is asked of the result as such, which no operation takes along with this one as a part of its own. */
  readonly options?: readonly string[];
  /** Parameters that tests and the bench run it with; an operation without parameters has none. */
  readonly examples?: readonly Parameters[];
  /** An example for inputs of other shapes, where it depends on these. */
  fitted?(example: Parameters, inputs: readonly Tensor[]): Parameters;
  readonly check?: (parameters: Parameters, inputs: readonly Tensor[]) => void;
  readonly result: (inputs: readonly Tensor[], parameters: Parameters) => { readonly shape: readonly number[]; readonly form: Form };
  /** Where it has several results of one run, side by side in its rows: their names and the shapes of a row of each, in order. */
  fields?(inputs: readonly Tensor[], parameters: Parameters): Readonly<Record<string, readonly number[]>>;
  /** f64, the oracle. Prepares once, then writes one row of the result at a time. That of a composition without one follows from its parts. */
  readonly reference?: (operands: readonly Operand[], parameters: Parameters) => RowWriter;
  readonly tolerance: Tolerance<Parameters>;
  /** Why the GPU cannot do it with these parameters, when it cannot. */
  readonly unsupported?: (parameters: Parameters) => string | undefined;
  /** A kernel of its own, or a composition of operations that have one. A composition that returns undefined has a kernel. */
  readonly kernel?: Kernel<Parameters>;
  readonly compose?: (inputs: readonly Tensor[], parameters: Parameters) => Tensor | undefined;
  /** Of a loop of several operations: it has neither kernel nor parts. */
  readonly body?: LoopBody<Tensor>;
  /** Of a loop that is a kernel: some of its steps on the CPU, from the state on that the steps before have left. */
  round?(inputs: readonly Tensor[], parameters: Parameters, state: Tensor, round: Round): Tensor;
  /** Of columns of its only argument: where they begin. They are read where they lie, if the device can. */
  view?(parameters: Parameters): number;
  /** Reads what is a part of another tensor from what a read of that gives; undefined if it is read like any tensor. */
  readPart?(
    tensor: Tensor, read: (whole: Tensor) => Promise<Float32Array<ArrayBuffer>>, signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> | undefined;
  /** How often it goes through its inputs, where that is not once: the steps of a descent. */
  passes?(parameters: Parameters): number;
  /** For the choice of a place, where numbers are far from as dear as usual. */
  dearness?(parameters: Parameters, inputs: readonly Tensor[]): Dearness;
  /** How the CPU computes it fast, where it can; the reference does the rest. A composition without is run by its parts. */
  readonly cpu?: (dispatch: Dispatch<Parameters>) => CpuCall | undefined;
}

/** An operation with an oracle of its own: what it is on the GPU and on the CPU is held against that. */
export interface OperationOn<Tensor, Parameters> extends RecordOn<Tensor, Parameters> {
  readonly reference: NonNullable<RecordOn<Tensor, Parameters>['reference']>;
}
