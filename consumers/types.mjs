// TypeScript 5.4, 5.9 and 7 with all that is strict, and declarations checked; with what the lib of a project may hold.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, tool } from './harness.mjs';

/** Files by what they know; TypeScript 7 has WebGPU in its DOM. */
const settings = (version) => [
  { what: 'ES2022', files: ['plain.ts'], lib: ['es2022'], types: [] },
  { what: 'the DOM', files: ['plain.ts', 'dom.ts'], lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'], types: [] },
  { what: 'Node, disposal', files: ['plain.ts', 'disposal.ts'], lib: ['es2022', 'esnext.disposable'], types: ['node'] },
  { what: 'WebGPU', files: ['plain.ts', 'webgpu.ts'], lib: ['es2022', 'dom'], types: version === '7' ? [] : ['@webgpu/types'] },
];

export async function types(attempt, packed) {
  const project = await install('types', packed);
  for (const version of ['5.4', '5.9', '7']) {
    for (const resolution of ['node16', 'bundler']) {
      for (const { what, ...setting } of settings(version)) await attempt(`TypeScript ${version}, ${resolution}, ${what}`, () => compile(project, version, resolution, setting));
    }
  }
}

async function compile(project, version, resolution, { files, ...setting }) {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false };
  const module = resolution === 'bundler' ? 'esnext' : resolution;
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ files, compilerOptions: { noEmit: true, target: 'es2022', module, moduleResolution: resolution, ...strict, ...setting } }));
  await tool(project, `typescript-${version}/bin/tsc`, '-p', project);
}
