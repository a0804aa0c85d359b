import type { Plugin } from 'vite';

const note = /\b(?:formula|source): '(?:[^'\\\n]|\\.)*',?\s*/g;

/** Build plugin: records of operations without the formula and the source, which tests and the README's table alone read. */
export function recordNotes(): Plugin {
  return {
    name: 'record-notes',
    enforce: 'pre',
    apply: 'build',
    transform: {
      filter: { id: /\/src\/(?!engine\/)\w+\/[^?]*\.ts$/ },
      handler: (code) => ({ code: code.replace(note, ''), map: null }),
    },
  };
}
