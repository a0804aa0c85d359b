/** Every other platform has its own WebGPU or none: the default side of #dawn in package.json. */
export const importDawn = undefined;
