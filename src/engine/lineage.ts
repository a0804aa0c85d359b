import type { LoopBody } from './operation-record.ts';
import type { Origin, Tensor } from './tensor.ts';

/** How a result is made. */
export function makingOf({ origin }: Tensor): Origin & { readonly kind: 'result' } {
  if (origin.kind !== 'result') throw new TypeError('A source is not computed');
  return origin;
}

/** The name of what makes a tensor. */
export function operationOf({ origin }: Tensor): string {
  return origin.kind === 'result' ? origin.operation.name : 'rows';
}

/** How often what makes a tensor goes through its inputs: as often as a loop has steps. */
export function passesOf({ origin }: Tensor): number {
  return origin.kind === 'result' ? origin.operation.passes?.(origin.parameters) ?? 1 : 1;
}

/** What a tensor goes round, if it is the result of a loop. */
export function bodyOf({ origin }: Tensor): LoopBody<Tensor> | undefined {
  return origin.kind === 'result' ? origin.operation.body : undefined;
}

/** Every tensor that a tensor is made from, itself included, nearest first. */
export function* lineageOf(root: Tensor): Generator<Tensor> {
  const seen = new Set([root]);
  for (const tensor of seen) { // a Set yields what is added while it is walked
    yield tensor;
    if (tensor.origin.kind === 'result') for (const input of tensor.origin.inputs) seen.add(input);
  }
}

/** The same tensors, inputs before what is made from them. Lineage may be thousands of steps deep, so the walk keeps its own stack. */
export function inputsFirst(root: Tensor, inputsOf: (tensor: Tensor) => readonly Tensor[]): readonly Tensor[] {
  const done = new Set<Tensor>();
  const stack = [root];
  while (stack.length > 0) {
    const tensor = stack.at(-1)!;
    const missing = done.has(tensor) ? [] : inputsOf(tensor).filter((input) => !done.has(input));
    stack.push(...missing);
    if (missing.length > 0) continue;
    stack.pop();
    done.add(tensor);
  }
  return [...done];
}

/** The operation and argument that a source was given to, for error texts. */
export function consumerOf(source: Tensor, root: Tensor): { operation: string; argument?: string } {
  for (const { origin } of lineageOf(root)) {
    const index = origin.kind === 'result' ? origin.inputs.indexOf(source) : -1;
    if (origin.kind === 'result' && index >= 0) return { operation: origin.operation.name, argument: origin.operation.arguments[index]!.name };
  }
  return { operation: 'tensor.read' };
}
