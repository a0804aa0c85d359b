import { operations } from '../host/operations.ts';
import { ofExample } from '../host/examples.ts';
import type { Operation } from '../src/engine/operation.ts';
import { openEngine } from '../src/index.ts';
import type { CheckRow } from './check-report.ts';
import { inputsOf, randomInputs, type Shape } from './inputs.ts';
import { isOfPairs, parametersOf } from './operations.ts';
import type { OnProgress } from './rounds.ts';
import { shapeText } from './shapes.ts';

const usual = ['klDivergence', 'alphaDivergenceMatrix', 'fisherVectorProduct', 'mirrorDescent'];
const batches: readonly Shape[] = [
  { rows: 1, outcomes: 8 },
  { rows: 1024, outcomes: 256 },
  { rows: 16_384, outcomes: 256 },
  { rows: 8, outcomes: 131_072 },
];
const pairs: readonly Shape[] = [
  { rows: 8, outcomes: 64 },
  { rows: 256, outcomes: 256 },
  { rows: 2048, outcomes: 256 },
];

/** Milliseconds of runs of each operation at each shape. */
const life = 3000;

/**
 * Runs operations over and over with check: 'sample'. Without names a few that differ in what a row of the reference
 * costs.
 */
export async function checkCosts(
  only: readonly string[],
  device: GPUDevice | undefined,
  onProgress: OnProgress,
): Promise<CheckRow[]> {
  const names = only.length > 0 ? only : usual;
  const cases = operations
    .filter(({ name }) => names.includes(name))
    .flatMap((operation) => (isOfPairs(operation) ? pairs : batches).map((shape) => ({ operation, shape })))
    .flatMap((of) => (device ? [of, { ...of, device }] : [of]));
  const rows: CheckRow[] = [];
  for (const [index, of] of cases.entries()) {
    onProgress(`checks: ${of.operation.name} ${shapeText(of.shape)}`, index, cases.length);
    rows.push(await costOf(of));
  }
  return rows;
}

async function costOf(of: { operation: Operation; shape: Shape; device?: GPUDevice }): Promise<CheckRow> {
  const { operation, shape, device } = of;
  const engine = await openEngine({ check: 'sample', ...(device ? { device } : { backend: 'cpu' as const }) });
  try {
    const inputs = inputsOf(engine, operation, shape.outcomes, randomInputs(operation, shape));
    const start = performance.now();
    const tally = { runs: 0, runsChecked: 0, rowsChecked: 0, share: 0, longest: 0 };
    while (performance.now() - start < life) {
      using tensor = ofExample(operation, inputs, parametersOf(operation));
      await tensor.read();
      const { certificate } = tensor.report;
      if (!certificate) throw new Error(`It ran on the ${tensor.report.adapter}, whose results need no check.`);
      tally.runs++;
      tally.rowsChecked += certificate.rowsChecked;
      if (certificate.rowsChecked > 0) tally.runsChecked++;
      tally.share = certificate.shareOfAll;
      tally.longest = Math.max(tally.longest, certificate.milliseconds);
    }
    const milliseconds = performance.now() - start;
    const backend = device ? 'webgpu' : 'cpu';
    return { operation: operation.name, shape: shapeText(shape), backend, milliseconds, ...tally };
  } finally {
    engine.dispose();
  }
}
