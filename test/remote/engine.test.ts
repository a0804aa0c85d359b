/** An engine in a worker does what an engine of this thread does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { ofExample } from '../../host/examples.ts';
import { openEngine as openHere } from '../../src/open.ts';
import { hellingerDistance, klDivergence, mirrorDescent, nearest, openEngine, type Tensor } from '../../src/worker.ts';
import { inputsOf, operations, parametersOf, type BatchShape } from '../cases.ts';
import { randomRows } from '../engine/random-rows.ts';
import { thrownBy } from '../failure.ts';
import { engineWorker } from './engine-worker.ts';

const slow = navigator.userAgent.includes('Firefox');
const outcomes = 8;
const rowsOf = (engine: Engine, rows: number, seed: number): Tensor => engine.rows(randomRows(rows, outcomes, seed), { outcomes, form: 'weights' });
const onGpu = ['klDivergence', 'divergenceMatrix', 'mirrorDescentStep', 'fisherInformation', 'probabilities'];
const layouts: readonly BatchShape[] = [{ outcomes: 5, rows: 4, form: 'weights' }, { outcomes: 16, rows: 9, form: 'probabilities' }];

/** A run long enough to be interrupted. */
function descent(engine: Engine, rows = 16, steps = 60): Tensor {
  return mirrorDescent(rowsOf(engine, rows, 1), { kind: 'alphaDivergence', alpha: -1, targets: rowsOf(engine, rows, 2) }, { stepSize: 0.1, steps });
}

/** What a call ends in: bits, or an error with all that it says. */
async function outcome(make: () => Tensor): Promise<unknown> {
  try {
    return new Uint32Array((await make().read()).buffer);
  } catch (error) {
    const where = ['stack', 'fileName', 'lineNumber', 'columnNumber']; // Firefox says so too
    const said = Object.entries(Object.getOwnPropertyDescriptors(error as Error)).filter(([name]) => !where.includes(name));
    return { type: (error as Error).constructor, ...Object.fromEntries(said.map(([name, { value }]) => [name, value as unknown])) };
  }
}

describe.each(['webgpu', 'cpu'] as const)('on %s', (backend) => {
  let [here, there]: Engine[] = [];
  beforeAll(async () => {
    here = await openHere({ backend });
    there = await openEngine({ backend, worker: engineWorker });
  });
  afterAll(() => {
    here!.dispose();
    there!.dispose();
  });

  test('says what it runs on', () => expect(there!.info).toEqual(here!.info));

  // What parameters become on their way is seen on the CPU, of all; a shader is compiled on both sides.
  const tried = backend === 'cpu' ? operations : operations.filter(({ name }) => onGpu.includes(name));
  test.each(tried)('$name has the same bits', async ({ name, operation }) => {
    const parameters = backend === 'cpu' ? parametersOf(name) : parametersOf(name).slice(0, 1);
    for (const [index, of] of parameters.entries()) {
      const layout = layouts[index % layouts.length]!;
      const run = (engine: Engine) => () => ofExample(operation, inputsOf(engine, operation, of, layout), of);
      expect(await outcome(run(there!)), JSON.stringify(of)).toEqual(await outcome(run(here!)));
    }
  });

  test('a descent over components, which is a second operation of its name', async () => {
    const mixture = (engine: Engine) => () => mirrorDescent(
      engine.rows([[0.5, 0.5]], { outcomes: 2 }), { kind: 'alphaDivergence', alpha: 0.5, targets: rowsOf(engine, 3, 1), components: rowsOf(engine, 2, 2) }, { stepSize: 0.1, steps: 2 },
    );
    expect(await outcome(mixture(there!))).toEqual(await outcome(mixture(here!)));
  });

  test('sources of all kinds, and what they are read as', async () => {
    const halves = Uint16Array.from([0x3c00, 0x3800, 0x4000, 0x3400]);
    const part = new Float32Array([9, 9, 1, 2, 3, 4, 9]).subarray(2, 6);
    const kinds: ((engine: Engine) => Tensor)[] = [
      (engine) => engine.rows(halves, { outcomes: 2, form: 'weights', storage: 'f16' }),
      (engine) => engine.rows(part, { outcomes: 2, form: 'weights' }),
      (engine) => engine.rows([[0.25, 0.75]], { outcomes: 2 }),
      (engine) => engine.rows(new Float64Array([0.1, 0.9]), { outcomes: 2 }),
      (engine) => engine.values(new Float32Array([-0, 1e-40, -3]), { outcomes: 3 }),
      (engine) => engine.rows(new Float32Array(0), { outcomes: 2 }),
      (engine) => klDivergence(engine.rows([[0, 1]], { outcomes: 2, form: 'logits' }), engine.rows([[0, -Infinity]], { outcomes: 2, form: 'logits' })),
    ];
    for (const make of kinds) expect(await outcome(() => make(there!))).toEqual(await outcome(() => make(here!)));
    expect(part).toEqual(new Float32Array([1, 2, 3, 4]));
  });

  test('errors say the same', async () => {
    const bad = (engine: Engine): Tensor => engine.rows([[0.5, 0.5], [1, -1]], { outcomes: 2 });
    const made: ((engine: Engine) => Tensor)[] = [
      (engine) => klDivergence(bad(engine), bad(engine)),
      (engine) => nearest(bad(engine), rowsOf(engine, 2, 1), { k: 1, divergence: klDivergence }),
      (engine) => bad(engine),
      (engine) => {
        using gone = rowsOf(engine, 2, 1);
        return klDivergence(gone, gone);
      },
    ];
    for (const make of made) {
      const said = await outcome(() => make(there!));
      expect(said).toHaveProperty('remedy');
      expect(said).toEqual(await outcome(() => make(here!)));
    }
  });

  test('reads in flight all at once, in order, and one that fails', async () => {
    const count = slow ? 20 : 200;
    const q = rowsOf(there!, 1, 3);
    const order: number[] = [];
    const expected = await klDivergence(rowsOf(here!, count, 1), rowsOf(here!, 1, 3)).read();
    const all = randomRows(count, outcomes, 1);
    const wrong = klDivergence(there!.rows([[-1, 2]], { outcomes: 2 }), there!.rows([[1, 0]], { outcomes: 2 })).read();
    const answers = await Promise.all(Array.from({ length: count }, async (_, k) => {
      const [answer] = await klDivergence(there!.rows(all.slice(k * outcomes, (k + 1) * outcomes), { outcomes, form: 'weights' }), q).read();
      order.push(k);
      return answer!;
    }).concat(wrong.then(() => Number.NaN, () => -1)));
    expect(answers.pop()).toBe(-1);
    answers.forEach((answer, k) => expect(Math.abs(answer - expected[k]!)).toBeLessThanOrEqual(4 * 2 ** -23 * expected[k]!));
    expect(order).toEqual(Array.from({ length: count }, (_, k) => k));
  });

  test('a report comes with the result', async () => {
    const [far, near] = [there!, here!].map((engine) => hellingerDistance(rowsOf(engine, 2, 1), rowsOf(engine, 2, 2)));
    await Promise.all([far!.read(), near!.read()]);
    expect(far!.report).toEqual({ ...near!.report, milliseconds: { total: expect.any(Number) as number, ...(backend === 'webgpu' && { gpu: expect.any(Number) as number }) } });
  });

  test('an aborted read rejects at once with the reason, and others go on', async () => {
    const expected = await descent(here!).read();
    const run = descent(there!);
    expect(await thrownBy(() => run.read({ signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
    const control = new AbortController();
    const reason = { stopped: true };
    const other = hellingerDistance(rowsOf(there!, 2, 1), rowsOf(there!, 2, 1)).read();
    const aborted = run.read({ signal: control.signal, onProgress: () => control.abort(reason) });
    const waiting = run.read({ signal: control.signal });
    expect(await thrownBy(() => aborted)).toBe(reason);
    expect(await thrownBy(() => waiting)).toBe(reason);
    expect(() => run.report).toThrow('one that has not');
    expect(await other).toEqual(new Float32Array(2));
    expect(await run.read()).toEqual(expected);
  });

  test('progress goes up to the total, and an error of its listener reaches the caller', async () => {
    const calls: [number, number][] = [];
    await descent(there!).read({ onProgress: (done, total) => calls.push([done, total]) });
    calls.forEach(([done], k) => expect(done).toBeGreaterThan(k === 0 ? 0 : calls[k - 1]![0]));
    const [done, total] = calls.at(-1)!;
    expect(done).toBe(total);
    const error = new Error('the caller fails');
    expect(await thrownBy(() => descent(there!, 4, 2).read({ onProgress: () => { throw error; } }))).toBe(error);
    expect((await descent(there!, 4, 2).read()).length).toBe(4 * outcomes);
  });
});

test('certificates are made in the worker', async () => {
  using engine = await openEngine({ backend: 'webgpu', check: 'all', worker: engineWorker });
  const divergence = klDivergence(rowsOf(engine, 5, 1), rowsOf(engine, 5, 2));
  await divergence.read();
  expect(divergence.report.certificate).toMatchObject({ passed: true, rowsChecked: 5 });
});
