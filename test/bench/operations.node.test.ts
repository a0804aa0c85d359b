import { describe, expect, it } from 'vitest';
import { inputsOf, randomInputs } from '../../bench/inputs.ts';
import { arithmeticOf, isOfBatch, isOfPairs, parametersOf, passesOf } from '../../bench/operations.ts';
import { ofExample } from '../../host/examples.ts';
import { operations } from '../../host/operations.ts';
import { fitted, shapesOf, shapeText } from '../../bench/shapes.ts';
import type { Operation } from '../../src/engine/operation.ts';
import * as library from '../../src/index.ts';

const engine = await library.openEngine({ backend: 'cpu' });
const named = (name: string): Operation => operations.find((operation) => operation.name === name)!;

describe('the operations of the benchmark', () => {
  it('are all functions that the library exports, save those that open an engine, cut bytes or define an operation', () => {
    const functions = Object.entries(library)
      .filter(([name, exported]) => typeof exported === 'function' && /^[a-z]/.test(name))
      .map(([name]) => name);
    expect(operations.map(({ name }) => name)).toEqual(functions.filter((name) => !/^(openEngine$|rowChunks$|define)/.test(name)).sort());
  });

  it.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s runs on what the benchmark gives it',
    async (_, operation) => {
      const shape = { rows: 4, outcomes: 16, ...(isOfPairs(operation) && { columns: 3 }) };
      const inputs = inputsOf(engine, operation, shape.outcomes, randomInputs(operation, shape));
      const result = ofExample(operation, inputs, parametersOf(operation));
      const numbers = await result.read();
      if (!isOfBatch(operation)) expect(result.rows).toBe(4);
      expect(numbers.length).toBe(result.rows * result.width);
      expect(numbers.every(Number.isFinite)).toBe(true);
    },
  );

  it('need no entry for a divergence without parameters', () => {
    const added = { ...named('klDivergence'), name: 'anotherDivergence' };
    expect(parametersOf(added)).toEqual({});
    expect(passesOf(added)).toBe(1);
    expect(arithmeticOf(added)).toBeUndefined();
  });
});

describe('the shapes', () => {
  it('are pairs for an operation of all pairs, and more of them in a full run', () => {
    const texts = (name: string, mode: 'quick' | 'full'): string[] => shapesOf(named(name), mode).map(shapeText);
    expect(texts('alphaDivergenceMatrix', 'full')).toEqual(['64²×256', '256²×256', '1024²×256']);
    expect(texts('klDivergence', 'quick')).toEqual(['256×64', '1024×256', '64×8192']);
    expect(texts('klDivergence', 'full').slice(3)).toEqual(['4096×1024', '16×131072']);
  });

  it('have fewer rows where each result is a matrix, and none where one would be too large', async () => {
    const information = named('fisherInformation');
    expect(await fitted(information, { rows: 256, outcomes: 64 })).toEqual({ rows: 256, outcomes: 64 });
    expect(await fitted(information, { rows: 1024, outcomes: 256 })).toEqual({ rows: 256, outcomes: 256 });
    expect(await fitted(information, { rows: 64, outcomes: 8192 })).toBeUndefined();
    expect(await fitted(named('klDivergence'), { rows: 16, outcomes: 131_072 })).toEqual({
      rows: 16,
      outcomes: 131_072,
    });
  });
});

describe('randomInputs', () => {
  const step = named('mirrorDescentStep');
  const [p, gradient] = randomInputs(step, { rows: 3, outcomes: 100 });

  it('gives distributions and vectors, the same in every run', () => {
    for (let row = 0; row < 3; row++) {
      const sum = p!.subarray(100 * row, 100 * (row + 1)).reduce((total, x) => total + x, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    expect(gradient!.some((x) => x < 0) && gradient!.every((x) => Math.abs(x) <= 1)).toBe(true);
    expect(randomInputs(step, { rows: 3, outcomes: 100 })).toEqual([p, gradient]);
  });
});
