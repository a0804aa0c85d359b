/** A page's own worker, with an engine in it. */
import type { Backend } from '../../src/index.ts';
import { compute } from './embedding.ts';

addEventListener('message', ({ data }: MessageEvent<Backend>) => {
  compute(data).then(postMessage, (error: unknown) => postMessage(String(error)));
});
