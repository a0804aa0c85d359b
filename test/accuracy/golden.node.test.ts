import { expect, it } from 'vitest';
import { goldenBatches, kinds } from '../../accuracy/golden-cases.ts';
import { goldenOfReference } from '../../accuracy/golden.ts';
import { operations } from '../../host/operations.ts';

it('every golden case is in one batch, and its kind has an operation', () => {
  const batches = goldenBatches();
  expect(batches.flat().length).toBeGreaterThan(340);
  expect(new Set(batches.flat().map(({ id, kind }) => `${kind} ${id}`)).size).toBe(batches.flat().length);
  for (const batch of batches) {
    expect(Object.keys(kinds)).toContain(batch[0]!.kind);
    expect(new Set(batch.map(({ kind, alpha, beta, p }) => [kind, alpha, beta, p.length].join(' '))).size).toBe(1);
  }
});

it('the references meet the golden values, and a kind without an operation is a failure', async () => {
  const { golden, failures } = await goldenOfReference();
  expect(golden.length).toBeGreaterThan(4);
  for (const { worst } of golden) expect(worst).toBeLessThanOrEqual(1e-13);
  const exported = new Set(operations.map(({ name }) => name));
  const without = Object.entries(kinds).filter(([, { operation }]) => !exported.has(operation));
  expect([...failures].sort()).toEqual(
    without.map(([kind, { operation }]) => `golden cases of the kind ${kind}: Error: the library exports no ${operation}`).sort(),
  );
});
