/** Set-up file of every host: a missing adapter fails each test file, and dispatches are counted for the reporter. */
import { afterEach } from 'vitest';
import { counters } from '../../src/engine/webgpu/counters.ts';

declare module 'vitest' {
  interface TaskMeta {
    dispatches?: number;
  }
}

if (!(await navigator.gpu?.requestAdapter())) throw new Error(`no WebGPU adapter in ${navigator.userAgent}`);

let reported = counters.dispatches;
afterEach(({ task }) => {
  task.meta.dispatches = counters.dispatches - reported;
  reported = counters.dispatches;
});
