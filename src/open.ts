import { CpuBackend } from './engine/cpu/backend.ts';
import { openEngine as open, type Engine, type EngineOptions } from './engine/engine.ts';
import type { Forced } from './engine/webgpu/backend.ts';

/**
 * Opens an engine: the place where tensors live and run. Touches nothing global.
 *
 * @example
 * const engine = await openEngine({ backend: 'cpu' });
 * const p = engine.rows([[0.5, 0.5], [0.9, 0.1]], { outcomes: 2 });
 * const q = engine.rows([[0.25, 0.75]], { outcomes: 2 }); // one row serves the whole batch
 * const divergences = await klDivergence(p, q).read(); // Float32Array [0.1438…, 0.9514…], in nats
 * engine.dispose();
 *
 * @throws BackendUnavailableError when backend: 'webgpu' finds no adapter.
 */
export function openEngine(options: EngineOptions = {}, /** @internal */ forced: Forced = {}): Promise<Engine> {
  return open(options, forced, () => new CpuBackend());
}
