import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { extentOf, hasColumns, rangeOf, stagesOf, type Stage } from '../../src/engine/stages.ts';
import type { Tensor } from '../../src/engine/tensor.ts';
import { alphaDivergenceMatrix, fisherInformation, klDivergence, mirrorDescent, mirrorDescentStep } from '../../src/index.ts';
import { randomRows, randomValues } from './random-rows.ts';

const nothing = (): boolean => false;
const operationOf = ({ tensor }: Stage): string => (tensor.origin.kind === 'result' ? tensor.origin.operation.name : 'source');

let engine: Engine;
let p: Tensor;
let gradient: Tensor;
beforeAll(async () => {
  engine = await openEngine({ backend: 'cpu' });
  p = engine.rows(randomRows(40, 20, 1), { outcomes: 20, form: 'weights' });
  gradient = engine.values(randomValues(1, 20, 2), { outcomes: 20 });
});

/** A chain of steps, each made from the one before. */
function chain(start: Tensor, steps: number): Tensor {
  let w = start;
  for (let step = 0; step < steps; step++) w = mirrorDescentStep(w, gradient, { stepSize: 1e-3 });
  return w;
}

describe('stagesOf', () => {
  test('puts every tensor once, after all that it needs', () => {
    const root = klDivergence(chain(p, 3), chain(p, 3));
    const stages = stagesOf(root, nothing);
    expect(stages.length).toBe(2 + 3 + 3 + 1);
    stages.forEach((stage, at) => stage.inputs.forEach((input) => expect(stages.indexOf(input)).toBeLessThan(at)));
    expect(stages.at(-1)!.tensor).toBe(root);
  });

  test('counts the stages that read each', () => {
    const w = mirrorDescentStep(p, gradient, { stepSize: 1 });
    const stages = stagesOf(klDivergence(w, w), nothing);
    const uses = new Map(stages.map((stage) => [stage.tensor, stage.uses]));
    expect([p, gradient, w].map((tensor) => uses.get(tensor))).toEqual([1, 1, 2]);
    expect(stages.reduce((sum, stage) => sum + stage.uses, 0)).toBe(stages.reduce((sum, stage) => sum + stage.inputs.length, 0));
  });

  test('starts from what is held', () => {
    const held = chain(p, 5);
    const stages = stagesOf(chain(held, 2), (tensor) => tensor === held);
    expect(stages.map(operationOf)).toEqual(expect.arrayContaining(['source', 'mirrorDescentStep', 'mirrorDescentStep']));
    expect(stages.filter(({ tensor }) => tensor === held)).toMatchObject([{ inputs: [], uses: 1 }]);
    expect(stages.length).toBe(4);
    expect(stagesOf(held, () => true)).toMatchObject([{ inputs: [], uses: 0 }]);
  });

  test('replaces compositions by what they are made of', () => {
    expect(stagesOf(fisherInformation(p, { coordinates: 'theta' }), nothing).map(operationOf)).toContain('rowMass');
    expect(stagesOf(fisherInformation(p, { coordinates: 'theta' }), nothing).map(operationOf)).not.toContain('fisherInformation');
  });

  test('lineage of 10,000 steps does not overflow the stack, and a descent of 100,000 is a loop', () => {
    expect(stagesOf(chain(p, 10_000), nothing).length).toBe(10_002);
    const descent = mirrorDescent(p, { kind: 'alphaDivergence', alpha: -1, targets: p }, { stepSize: 1, steps: 100_000 });
    const stages = stagesOf(descent, nothing);
    expect(stages.filter(({ tensor }) => operationOf({ tensor } as Stage) === 'descent').length).toBe(1);
    expect(stages.length).toBeLessThan(10);
    expect(extentOf(stages)).toMatchObject({ rows: 40, numbersPerRow: 40 }); // the state is a double
  });
});

test('lineage of 10,000 steps is evaluated on the CPU, and certified', async () => {
  const two = engine.rows([[0.25, 0.75], [0.5, 0.5]], { outcomes: 2 });
  const slope = engine.values([[1, -1]], { outcomes: 2 });
  let w = two;
  for (let step = 0; step < 10_000; step++) w = mirrorDescentStep(w, slope, { stepSize: 1e-5 });
  const got = await w.read();
  const expected = await mirrorDescentStep(two, slope, { stepSize: 0.1 }).read();
  got.forEach((x, k) => expect(Math.abs(x - expected[k]!)).toBeLessThan(1e-7));
});

describe('spans', () => {
  const spansOf = (root: Tensor, tensor: Tensor): string[] => stagesOf(root, nothing).filter((stage) => stage.tensor === tensor).map(({ span }) => span).sort();

  test('rows of a result need rows of its inputs', () => {
    const root = klDivergence(chain(p, 2), p);
    expect(hasColumns(root)).toBe(false);
    expect(new Set(stagesOf(root, nothing).map(({ span }) => span))).toEqual(new Set(['rows']));
  });

  test('a block of all pairs needs rows of p, columns of q, and the first rows for the centre', () => {
    const q = engine.rows(randomRows(30, 20, 3), { outcomes: 20, form: 'weights' });
    const root = alphaDivergenceMatrix(p, q, { alpha: 0.5 });
    expect(hasColumns(root)).toBe(true);
    expect(spansOf(root, p)).toEqual(['head', 'rows']);
    expect(spansOf(root, q)).toEqual(['columns', 'head']);
    expect(spansOf(alphaDivergenceMatrix(p, p, { alpha: 0.5 }), p)).toEqual(['columns', 'head', 'rows']);
    const stages = stagesOf(root, nothing);
    expect(stages.at(-1)!.span).toBe('block');
    expect(extentOf(stages)).toMatchObject({ rows: 40, columns: 30, numbersPerRow: 20, numbersPerColumn: 20, numbersPerCell: 1 });
  });

  test('ranges are the parts of a block', () => {
    const block = { rows: [10, 14], columns: [20, 25] } as const;
    const stage = (tensor: Tensor, span: Stage['span']): Stage => ({ tensor, span, inputs: [], views: [], uses: 0 });
    const matrix = alphaDivergenceMatrix(p, p, { alpha: 0 });
    expect(rangeOf(stage(p, 'rows'), block)).toEqual({ from: 10, rows: 4, columnFrom: 0, width: 20 });
    expect(rangeOf(stage(p, 'columns'), block)).toEqual({ from: 20, rows: 5, columnFrom: 0, width: 20 });
    expect(rangeOf(stage(matrix, 'block'), block)).toEqual({ from: 10, rows: 4, columnFrom: 20, width: 5 });
    expect(rangeOf(stage(p, 'head'), block)).toEqual({ from: 0, rows: 40, columnFrom: 0, width: 20 });
    expect(rangeOf(stage(p, 'whole'), block)).toEqual({ from: 0, rows: 40, columnFrom: 0, width: 20 });
    expect(rangeOf(stage(gradient, 'rows'), block)).toEqual({ from: 0, rows: 1, columnFrom: 0, width: 20 });
  });
});
