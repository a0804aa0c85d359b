// Lanes that every subgroup of the adapter has at least; more than a team of lanes does not need.
// Twin: src/engine/regimes.ts
const SUBGROUP: u32 = 16u;
