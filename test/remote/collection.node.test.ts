/** What happens in the worker to tensors that nobody disposed of; only Node lets a test ask for a collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Order } from '../../src/remote/messages.ts';
import { klDivergence, openEngine, type Engine } from '../../src/worker.ts';
import { randomRows } from '../engine/random-rows.ts';
import { engineWorker } from './engine-worker.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function evaluate(engine: Engine): Promise<void> {
  const [p, q] = [1, 2].map((seed) => engine.rows(randomRows(3, 4, seed), { outcomes: 4, form: 'weights' }));
  await klDivergence(p!, q!).read();
}

test('the worker lets go of them when they are collected', async () => {
  const released: number[] = [];
  using engine = await openEngine({
    backend: 'cpu',
    worker: () => {
      const worker = engineWorker();
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (order: Order, transfer) => {
        if (order.kind === 'release') released.push(order.id);
        post(order, transfer);
      };
      return worker;
    },
  });
  for (let k = 0; k < 4; k++) await evaluate(engine);
  for (let turn = 0; turn < 200 && released.length < 12; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
  }
  expect(released.length).toBeGreaterThanOrEqual(9); // of 12; the last may still be on the stack
  expect(new Set(released).size).toBe(released.length);
  await evaluate(engine);
});

test('the worker of an engine that nobody disposed of ends with it', async () => {
  let ended = 0;
  await (async () => {
    const engine = await openEngine({
      backend: 'cpu',
      worker: () => {
        const worker = engineWorker();
        const terminate = worker.terminate.bind(worker);
        worker.terminate = () => {
          ended++;
          return terminate();
        };
        return worker;
      },
    });
    await evaluate(engine);
  })();
  await expect.poll(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
    return ended;
  }).toBe(1);
});
