// Invocations of a workgroup where items are few, so that they spread over the cores of the adapter.
// Twin: src/engine/regimes.ts
const WORKGROUP: u32 = 8u;
