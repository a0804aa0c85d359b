/** What this module has done since it was loaded. Tests count kernels and compilations with it. */
export const counters = { dispatches: 0, pipelines: 0, buffers: 0 };
