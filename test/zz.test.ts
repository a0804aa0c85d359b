import { expect, test } from 'vitest';
import { openEngine } from '../src/engine/engine.ts';
import { regimePiece } from '../src/engine/regimes.ts';
import { joinPieces } from '../src/engine/shader.ts';
import { findDevice } from '../src/engine/webgpu/adapter.ts';
import { kernelUses } from './cases.ts';
test('x', async () => {
  const found = await findDevice(); if (!('device' in found)) throw new Error();
  const { device } = found;
  const uses = kernelUses(await openEngine({ backend: 'cpu' }));
  const log: string[] = [];
  const late = <T,>(name: string, p: Promise<T>) => Promise.race([p, new Promise<T>((r) => setTimeout(() => { log.push('HANG ' + name); r(undefined as T); }, 3000))]);
  for (const mode of ['scope+info', 'info only', 'twice', 'sequential twice']) for (let rep = 0; rep < 3; rep++) {
    const sources = [...new Set(uses.map((u) => joinPieces([regimePiece('workgroup'), ...u.kernel.pieces(u.dispatch)]).source + `\n// ${mode} ${rep}`))];
    const keep: unknown[] = [];
    const one = async (code: string, i: number) => {
      if (mode === 'scope+info') device.pushErrorScope('validation');
      const m = device.createShaderModule({ code }); keep.push(m);
      if (mode === 'scope+info') await Promise.all([late(`${mode} scope ${i}`, device.popErrorScope()), late(`${mode} info ${i}`, m.getCompilationInfo())]);
      else await late(`${mode} first ${i}`, m.getCompilationInfo());
      if (mode.includes('twice')) await late(`${mode} second ${i}`, m.getCompilationInfo());
    };
    if (mode.startsWith('sequential')) { let i = 0; for (const s of sources) await one(s, i++); } else await Promise.all(sources.map(one));
    log.push(`${mode} done ${keep.length}`);
  }
  console.log('LOG', log.join('\n'));
  expect(1).toBe(1);
}, 300000);
