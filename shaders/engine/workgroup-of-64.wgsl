// Invocations of a workgroup in which every lane has an item of its own.
// Twin: src/engine/regimes.ts
const WORKGROUP: u32 = 64u;
