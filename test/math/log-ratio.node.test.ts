import { expect, test } from 'vitest';
import source from '../../shaders/math/log-ratio.wgsl?raw';
import { atanhTail } from '../../src/math/log-ratio.ts';
import { relativeError } from './relative-error.ts';

test('the polynomial of the kernel gives log((1 + s)/(1 − s)) to 2⁻²⁶', () => {
  for (let s = 1 / 512; s <= 1 / 3; s += 1 / 512) {
    const tail = atanhTail.map(Math.fround).reduceRight((sum, x) => sum * s * s + x, 0);
    expect(relativeError(2 * s + 2 * s ** 3 * tail, Math.log1p((2 * s) / (1 - s)))).toBeLessThanOrEqual(2 ** -26);
  }
});

test('and its constants are those of the WGSL', () => {
  const [, body] = /fn binade_tail[^{]*\{([^}]*)\}/.exec(source)!;
  expect(body!.match(/\d\.\d+/g)!.map(Number)).toEqual(atanhTail.toReversed());
});
