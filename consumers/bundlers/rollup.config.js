import { nodeResolve } from '@rollup/plugin-node-resolve';

const entry = (input, file) => ({ input, output: { file: `out/rollup/${file}`, format: 'iife' }, plugins: [nodeResolve({ browser: true })] });
export default [
  entry('main-entries.js', 'main.js'),
  entry('own-worker.js', 'own-worker.js'),
  entry('engine-worker.js', 'engine-worker.js'),
  entry('cpu-worker.js', 'cpu-worker.js'),
];
