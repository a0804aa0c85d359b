import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import type { Regime } from '../src/engine/kernel.ts';
import type { Operation } from '../src/engine/operation.ts';
import { ofExample } from '../host/examples.ts';
import { openEngine } from '../src/open.ts';
import { DomainError } from '../src/engine/errors.ts';
import { inputsOf, batchShapes, operations, parametersOf, type BatchShape, type Parameters } from './cases.ts';
import { placeFor } from './engine/place.ts';

const served = ['alphaDivergence', 'klDivergence', 'reverseKlDivergence', 'hellingerDistance', 'extendedAlphaDivergence'];

const ofLogits: readonly BatchShape[] = [{ outcomes: 6, rows: 43, form: 'logits' }, { outcomes: 131, rows: 5, form: 'logProbabilities' }, { outcomes: 17, rows: 9, form: 'logits', single: 1 }];

test('the indexes export operations', () => {
  expect(operations.length).toBeGreaterThan(10);
});

describe.each(['lane', 'team', 'workgroup'] as const satisfies Regime[])('regime %s', (regime) => {
  const layouts = batchShapes(regime);
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ ...await placeFor('webgpu'), check: 'all' }, { regime }); });
  afterAll(() => engine.dispose());

  const laidOut = operations.filter(({ operation: { kernel } }) => regime !== 'team' || kernel?.teams); // others have no teams
  test.each(laidOut)('$name agrees with its reference on every row', async ({ name, operation, takesLogits }) => {
    const parameters = parametersOf(name);
    const problems: string[] = [];
    const tried = takesLogits ? [...layouts, ofLogits[0]!] : layouts;
    for (let index = 0; index < Math.max(parameters.length, tried.length); index++) {
      const [of, layout] = [parameters[index % parameters.length]!, tried[index % tried.length]!];
      const problem = await problemOf(operation, of, layout);
      if (problem !== undefined) problems.push(`${JSON.stringify(of)} ${JSON.stringify(layout)}: ${problem}`);
    }
    expect(problems).toEqual([]);
  });

  async function problemOf(operation: Operation, parameters: Parameters, layout: BatchShape): Promise<string | undefined> {
    const report = await judged(engine, operation, parameters, layout);
    return report.backend === 'webgpu' && report.passed ? undefined : JSON.stringify(report);
  }
});

describe('the fast path of the CPU', () => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine({ backend: 'cpu', check: 'all' }); });
  afterAll(() => engine.dispose());

  const fast = operations.filter(({ operation }) => operation.cpu);
  test('serves the operations that most people use', () => {
    expect(fast.map(({ name }) => name)).toEqual(expect.arrayContaining(served));
  });

  test.each(fast)('$name agrees with its reference on every row', async ({ name, operation, takesLogits }) => {
    const problems: string[] = [];
    let ranFast = 0;
    for (const parameters of parametersOf(name)) {
      for (const layout of [...batchShapes('lane'), ...(takesLogits ? ofLogits : [])]) {
        const report = await judged(engine, operation, parameters, layout);
        if (report.adapter?.startsWith('WebAssembly SIMD') && report.passed) ranFast++;
        else if (!report.passed) problems.push(`${JSON.stringify(parameters)} ${JSON.stringify(layout)}: ${JSON.stringify(report)}`);
      }
    }
    expect(problems).toEqual([]);
    expect(ranFast).toBeGreaterThan(0);
  });
});

/** A run whose every row is compared with the reference. What the reference itself made, or an operation refuses, passes. */
async function judged(engine: Engine, operation: Operation, parameters: Parameters, layout: BatchShape): Promise<{ passed: boolean; backend?: string; adapter?: string; reason?: string; problem?: unknown }> {
  try {
    using result = ofExample(operation, inputsOf(engine, operation, parameters, layout), parameters);
    await result.read();
    const { backend, adapter, certificate, reason } = result.report;
    const passed = backend === 'cpu' && adapter === 'CPU' ? true : certificate?.passed === true && certificate.rowsChecked === result.rows;
    return { passed, backend, adapter, reason, ...(!passed && { problem: certificate }) };
  } catch (error) {
    const isRefusal = error instanceof DomainError && layout.form.startsWith('log');
    return { passed: isRefusal, problem: String(error) };
  }
}
