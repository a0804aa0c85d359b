/** Errors name the function that was called, never a step in it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { ofExample } from '../../host/examples.ts';
import type { Operation } from '../../src/engine/operation.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { DuallyError, openEngine } from '../../src/index.ts';
import { operations, parametersOf } from '../cases.ts';
import { thrownBy } from '../failure.ts';

let engine: Engine;
let wrong: readonly (readonly Tensor[])[];
beforeAll(async () => {
  engine = await openEngine({ backend: 'cpu' });
  const rows = (data: readonly number[]): Tensor => engine.rows([data], { outcomes: data.length, form: 'weights' });
  const [good, gone, wide, negative, vector] = [rows([0.5, 0.5]), rows([0.5, 0.5]), rows([0.5, 0.2, 0.3]), rows([0.5, -0.2]), engine.values([[0.5, 0.2]], { outcomes: 2 })];
  gone.dispose();
  wrong = [[gone, good, good], [good, gone, good], [good, wide, good], [vector, vector, vector], [negative, good, good], [good, negative, good], [negative, vector, vector]];
});
afterAll(() => engine.dispose());

async function namesOfErrors(operation: Operation, parameters: object): Promise<string[]> {
  const names: string[] = [];
  for (const inputs of wrong) {
    const error = await thrownBy(async () => {
      await ofExample(operation, inputs.slice(0, operation.arguments.length), parameters).read();
      throw new RangeError('it is right');
    });
    if (error instanceof DuallyError) names.push(error.operation);
    else if (!(error instanceof RangeError)) throw error;
  }
  return names;
}

test.each(operations)('of $name', async ({ name, operation }) => {
  const names = (await Promise.all(parametersOf(name).map((parameters) => namesOfErrors(operation, parameters)))).flat();
  expect(names.length).toBeGreaterThan(0);
  expect(new Set(names)).toEqual(new Set([operation.name]));
});
