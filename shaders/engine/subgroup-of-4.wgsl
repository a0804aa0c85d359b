// Lanes that every subgroup of the adapter has at least.
// Twin: src/engine/regimes.ts
const SUBGROUP: u32 = 4u;
