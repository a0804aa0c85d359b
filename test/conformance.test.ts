import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../src/engine/engine.ts';
import type { Regime } from '../src/engine/kernel.ts';
import { apply, type Operation } from '../src/engine/operation.ts';
import { inputsOf, layoutsOf, operations, parametersOf, type Layout, type Parameters } from './cases.ts';

test('the indexes export operations', () => {
  expect(operations.length).toBeGreaterThan(10);
});

describe.each(['lane', 'team', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  const layouts = layoutsOf(regime);
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ backend: 'webgpu', check: 'all' }, { regime }); });
  afterAll(() => engine.dispose());

  const laidOut = operations.filter(({ operation: { kernel } }) => regime !== 'team' || kernel?.teams); // others have no teams
  test.each(laidOut)('$name agrees with its reference on every row', async ({ name, operation }) => {
    const parameters = parametersOf(name);
    const problems: string[] = [];
    for (let index = 0; index < Math.max(parameters.length, layouts.length); index++) {
      const [of, layout] = [parameters[index % parameters.length]!, layouts[index % layouts.length]!];
      const problem = await problemOf(operation, of, layout);
      if (problem !== undefined) problems.push(`${JSON.stringify(of)} ${JSON.stringify(layout)}: ${problem}`);
    }
    expect(problems).toEqual([]);
  });

  async function problemOf(operation: Operation, parameters: Parameters, layout: Layout): Promise<string | undefined> {
    using result = apply(operation, inputsOf(engine, operation, parameters, layout), parameters);
    try {
      await result.read();
    } catch (error) {
      return String(error);
    }
    const { backend, certificate } = result.report!;
    const judged = backend === 'webgpu' && certificate?.passed && certificate.rowsChecked === result.rows;
    return judged ? undefined : `not judged: ${JSON.stringify(result.report)}`;
  }
});
