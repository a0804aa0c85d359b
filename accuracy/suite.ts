import { openEngine } from '../src/index.ts';
import { goldenOnEngine } from './golden.ts';
import type { HostReport, Mode } from './report.ts';
import { sweepRegimes } from './regimes.ts';
import { sweep, type OnProgress } from './sweep.ts';

/** Measures the accuracy on this host's adapter: the same in a page and in Node. */
export async function measureAccuracy(mode: Mode, onProgress: OnProgress): Promise<HostReport> {
  await using engine = await openEngine({ backend: 'webgpu' });
  const onGolden = (done: number, total: number): void => onProgress('golden cases', done, total);
  const { golden, failures } = await goldenOnEngine(engine, onGolden);
  const swept = await sweep(engine, mode, onProgress);
  await using cpu = await openEngine({ backend: 'cpu' });
  const ofRegimes = [await sweepRegimes(engine, mode, onProgress), await sweepRegimes(cpu, mode, onProgress)];
  return {
    adapter: engine.info.adapter, golden, ...swept, regimes: ofRegimes.flatMap(({ regimes }) => regimes),
    failures: [...failures, ...swept.failures, ...ofRegimes.flatMap((each) => each.failures)],
  };
}
