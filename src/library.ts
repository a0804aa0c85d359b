export * from './divergences/index.ts';
export * from './geometry/index.ts';
export * from './linear/index.ts';
export { bits } from './math/bits.ts';
export { probabilities } from './math/probabilities.ts';
export { take } from './math/take.ts';
export type { Value } from './program/index.ts';
export * from './steps/index.ts';
export type { ReadableLike, Source } from './engine/cursor.ts';
export type { Engine } from './engine/engine.ts';
export type { EngineEvents } from './engine/events.ts';
export type { Check, CheckOptions } from './engine/verifier.ts';
export type { EngineInfo, MemoryUse } from './engine/runner.ts';
export {
  BackendUnavailableError, CertificateError, DeviceError, DeviceLostError, DomainError, DuallyError, LimitExceededError, ShaderCompilationError, ShapeError, WorkerLostError,
} from './engine/errors.ts';
export type { DistributionForm, Form } from './engine/forms.ts';
export type { GpuBufferLike, GpuDeviceLike } from './engine/gpu-types.ts';
export type { Backend, Certificate, Predicted, RunReport } from './engine/report.ts';
export { rowChunks } from './engine/row-chunks.ts';
export type { RowChunkOptions } from './engine/row-chunks.ts';
export type { Reproduction, SavedArgument, SavedNumber } from './engine/reproduction.ts';
export type { RowData } from './engine/sources.ts';
export type { Float16ArrayLike } from './engine/storage.ts';
export type { FixedSizeListLike } from './engine/arrow.ts';
export type { ChunkFunction, StreamOptions } from './engine/stream.ts';
export type { ReadOptions, Tensor } from './engine/tensor.ts';
