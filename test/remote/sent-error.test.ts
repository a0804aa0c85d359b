/** Errors are the same on both sides. */
import { expect, test } from 'vitest';
import * as errors from '../../src/engine/errors.ts';
import { reviveError, sendError } from '../../src/remote/sent-error.ts';

const posted = (error: unknown): Error => reviveError(structuredClone(sendError(error)));
const classes = Object.entries(errors).filter((entry): entry is [string, typeof errors.DomainError] => entry[0].endsWith('Error') && entry[0] !== 'DuallyError');
const facts = { operation: 'klDivergence', argument: 'p', expected: 'a', got: 'b', row: 3, remedy: 'Do c.' };

const saidBy = (error: Error): object => ({ ...Object.fromEntries(Object.entries(error)), message: error.message, stack: error.stack, cause: error.cause });

test.each(classes)('%s', (_, Class) => {
  for (const [said, options] of [[facts, { cause: { rows: [1] } }], [{ operation: 'x', expected: 'a', got: 'b', remedy: 'c' }, undefined]] as const) {
    const error = new Class(said, options);
    const same = posted(error);
    expect(same).toBeInstanceOf(Class);
    expect(saidBy(same)).toEqual(saidBy(error));
  }
});

test("the platform's own, and what they were caused by", () => {
  const inner = new errors.DeviceError({ ...facts, kind: 'internal' }, { cause: new DOMException('no memory', 'OperationError') });
  for (const error of [new RangeError('too long', { cause: inner }), new TypeError('none'), new Error('plain'), new DOMException('stopped', 'AbortError')]) {
    const same = posted(error);
    expect(same.constructor).toBe(error.constructor);
    expect(same).toMatchObject({ name: error.name, message: error.message });
    expect(same.cause).toEqual(error.cause);
  }
  const { cause } = posted(new RangeError('too long', { cause: inner })) as { cause: Error };
  expect(cause).toBeInstanceOf(errors.DeviceError);
  expect(cause.cause).toBeInstanceOf(DOMException);
});

test('what cannot be posted is told in words', () => {
  expect(posted('thrown text').message).toBe('thrown text');
  expect(posted(new errors.DeviceError({ ...facts, kind: 'internal' }, { cause: { lost: () => 1 } }))).toMatchObject({ cause: 'a value of type Object', got: 'b' });
});
