import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOfText } from '../../src/engine/cpu/module.ts';
import { textOfBytes } from '../../host/assembly.mjs';

test('bytes come back from their text, which needs no escapes but for backslashes', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(bytesOfText(textOfBytes(bytes))).toEqual(bytes);
  }), { examples: [[all]] });
  expect(textOfBytes(all)).toMatch(/^[#-~]+$/);
});
