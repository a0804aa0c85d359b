/** The least numbers of f16, bf16 and f32. */
export const least = { f16: -65_504, bf16: -3.3895313892515355e38, f32: -3.4028234663852886e38 } as const;

/** Logits that people write for "not in this vocabulary", as f32 has them: round numbers, and the least of a type. */
export const masks: readonly number[] = [-1e4, -32_768, least.f16, -1e5, -1e9, -1e30, -1e37, least.bf16, least.f32].map(Math.fround);
