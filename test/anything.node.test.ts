/** Every public function with anything as its arguments: what it throws, at once or later, is a typed error, or the caller's own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import * as dually from '../src/index.ts';
import { openEngine } from '../src/open.ts';
import { uniformFrom } from './math/relative-error.ts';

const own = new SyntaxError('the caller’s own');
const throws = (): never => { throw own; };
let engine: Engine;
beforeAll(async () => { engine = await openEngine({ backend: 'cpu' }); });
afterAll(() => engine.dispose());

/** Right and wrong things, of which a call gets some. */
function things(): unknown[] {
  const p = engine.rows([[0.5, 0.5], [0.9, 0.1]], { outcomes: 2 });
  const gone = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  gone.dispose();
  const revoked = (target: object): object => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const angry = new Proxy({}, { get: throws, has: throws, ownKeys: throws, getPrototypeOf: throws });
  const detached = new Float32Array(4);
  structuredClone(detached, { transfer: [detached.buffer] });
  return [
    p, p, p, engine.values([[1, 2], [3, 4]], { outcomes: 2 }), engine.rows([[1, 2, 3]], { outcomes: 3, form: 'logits' }), gone, engine.rows([], { outcomes: 2 }),
    undefined, null, 0, -0, 1, 2, -1, 0.5, Number.NaN, Infinity, 2 ** 53, 1e300, 1n, '', '2', 'f16', true, Symbol('x'), throws, () => p, dually.klDivergence, dually.alphaDivergence,
    {}, Object.create(null), Object.create(p), { host: 1, shape: [1], form: 2, origin: 3 }, { outcomes: 2 }, { outcomes: 2, form: 'weights' }, { outcomes: 2, storage: 'f16' }, { outcomes: 2, offset: 1 }, { alpha: 0.5 }, { alpha: [0.5, -1] }, { alpha: 1n }, { alpha: Symbol('x') },
    { alphas: [0, 1] }, { alphas: new Array(2) }, { alphas: { length: 2 } }, { divergence: dually.klDivergence, of: 'q' }, { divergence: dually.alphaDivergence, alpha: 2, k: 1 }, { divergence: throws, k: 1 }, { divergence: Object.assign(() => p, { divergence: 3, alphaMember: 3 }), k: 1, of: 'p' },
    { divergence: angry }, { order: 2 }, { weight: 0.5 }, { sigma: 1 }, { generator: 'toString' }, { stepSize: 1, steps: 2 }, { stepSize: 1, path: 'm' }, { coordinates: 'eta' }, { kind: 'linear', gradient: p }, { kind: 'alphaDivergence', alpha: 0, targets: p }, { kind: Symbol('x') }, { smoothing: 1 },
    { reduction: 'sum', weights: [1, 1] }, { reduction: 'mean', mask: new Array(2) }, { get alpha(): number { return throws(); } }, { get outcomes(): number { return throws(); } }, angry, revoked({}), revoked([]),
    [], [[]], [[0.5, 0.5]], new Array(3), [, [1, 1]], [0, 1], [revoked([])], [angry], [p], // oxlint-disable-line no-sparse-arrays
    new Float32Array(4).fill(0.5), new Float64Array(2).fill(0.5), new Uint8Array(8), new Uint16Array(4), new BigInt64Array(2), new DataView(new ArrayBuffer(8)), new ArrayBuffer(16), new SharedArrayBuffer(16), new Float32Array(new SharedArrayBuffer(16)), detached,
    new Map(), new Set([1]), new Date(), Promise.resolve(p), new AbortController().signal, { signal: new AbortController().signal }, { signal: {} }, { onProgress: throws }, { onProgress: 3 },
    { getReader: 3 }, { getReader: throws }, { [Symbol.iterator]: throws }, { [Symbol.asyncIterator]: 3 }, { mapAsync: 3, usage: 128, size: 16, destroy: 3 }, { type: { typeId: 16, listSize: 2 }, data: [3], length: 1 }, { type: { typeId: 16, listSize: 2 }, data: [{ children: [] }], length: 1 },
    { name: 'mine', term: throws, atZero: 1, atInfinity: 1 }, { name: 'mine', term: throws, infinite: 3 }, 'devicelost', engine,
  ];
}

/** Functions by their names, and methods of an engine and of a tensor. */
function callees(): Record<string, (...args: unknown[]) => unknown> {
  const functions = Object.entries(dually).filter(([name, value]) => typeof value === 'function' && !name.endsWith('Error') && name !== 'openEngine') as [string, (...args: unknown[]) => unknown][];
  const tensor = engine.rows([[0.5, 0.5]], { outcomes: 2 });
  const methods = { rows: engine, values: engine, stream: engine, on: engine, read: tensor, buffer: tensor } as const;
  return {
    ...Object.fromEntries(functions), split: dually.valueAndGradient.split as (...args: unknown[]) => unknown,
    openEngine: (options) => openEngine(onCpu(options)),
    ...Object.fromEntries(Object.entries(methods).map(([name, of]) => [name, (of as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(of)])),
  };
}

/** Options that open no device, if they are some. */
function onCpu(options: unknown): object {
  try {
    return typeof options === 'object' && options ? { backend: 'cpu', ...options } : (options ?? { backend: 'cpu' });
  } catch {
    return options as object;
  }
}

async function ended(result: unknown): Promise<void> {
  if (typeof result !== 'object' || result === null) return;
  if ('rows' in result && 'read' in result && 'origin' in result) await (result as dually.Tensor).read();
  else if ('info' in result) (result as Engine).dispose();
  else if (Symbol.asyncIterator in result) for await (const _ of result as AsyncIterable<unknown>) break;
}

test('thirty thousand calls', async () => {
  const random = uniformFrom(7);
  const pool = things();
  const problems = new Map<string, unknown>();
  for (const [name, call] of Object.entries(callees())) {
    for (let round = 0; round < 600; round++) {
      const args = Array.from({ length: Math.floor(4 * random()) }, () => pool[Math.floor(random() * pool.length)]);
      try {
        await ended(await call(...args));
      } catch (error) {
        if (error !== own && !(error instanceof dually.DuallyError)) problems.set(`${name}: ${String(error)}`, error instanceof Error ? error.stack : error);
      }
    }
  }
  expect([...problems.values()]).toEqual([]);
}, 120_000);
