import { expect } from 'vitest';
import type { DuallyError, ErrorFacts } from '../src/engine/errors.ts';

type ErrorClass = abstract new (...args: never[]) => DuallyError;

/** What a caller catches when work fails, at once or later. */
export async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Fails unless work throws an error of the class with these facts, and a message that tells all of them. */
export async function expectFailure(work: () => unknown, type: ErrorClass, code: string, facts: Partial<ErrorFacts>): Promise<DuallyError> {
  const error = await thrownBy(work);
  expect(error, String(error)).toBeInstanceOf(type);
  const failure = error as DuallyError;
  expect(failure).toMatchObject({ code, name: type.name, ...facts });
  expect(failure.row).toBe(facts.row);
  const { operation, argument, expected, got, row, remedy } = failure;
  expect(remedy).toMatch(/[.?]$/);
  expect(failure.message).toContain(`expected ${expected}, got ${got}. ${remedy}`);
  expect(failure.message.startsWith(`${operation}:`)).toBe(true);
  if (argument !== undefined) expect(failure.message).toContain(`argument ${argument}`);
  if (row !== undefined) expect(failure.message).toContain(`row ${row}`);
  return failure;
}
