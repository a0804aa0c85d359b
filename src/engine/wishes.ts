/**
 * How to get what callers ask for by names that an operation does not know: what other libraries call by this name, or what
 * else takes it. A name after an operation's own and a point goes before the name alone.
 */
export const wishes: Readonly<Record<string, string>> = {
  alpha: 'alphaDivergence(p, q, { alpha })',
  alphas: 'alphaSpectrum(p, q, { alphas })',
  order: 'renyiDivergence(p, q, { order })',
  beta: 'renyiDivergence(p, q, { order: beta })',
  lambda: 'cressieReadDivergence(p, q, { lambda })',
  generator: 'bregmanDivergence(p, q, { generator })',
  of: 'euclideanGradient(p, q, { divergence, of })',
  topK: 'nearest(p, q, { k, divergence })',
  iterations: 'mirrorDescent(p, objective, { stepSize, steps })',
  form: 'engine.rows(data, { outcomes, form })',
  outcomes: 'engine.rows(data, { outcomes })',
  storage: 'engine.rows(data, { outcomes, storage })',
  transfer: 'engine.rows(data, { outcomes, transfer })',
  'chunkSize rowsPerChunk': 'rowChunks(bytes, { outcomes, rowsPerChunk })',
  onProgress: 'read({ onProgress })',
  backend: 'openEngine({ backend })',
  check: 'openEngine({ check })',
  device: 'openEngine({ device })',
  'worker calibrate': "openEngine() of 'dually' or 'dually/worker'",
  reduction: 'Every operation with one number a row',
  'base unit': 'Results are in nats: bits() gives them in bits.',
  'weights sampleWeight': "Operations with one number a row take { weights }, one a row, with reduction: 'sum' or 'mean'.",
  'mask ignoreIndex': "Operations with one number a row take { mask }, 0 for rows to ignore, with reduction: 'sum' or 'mean'; an outcome counts for nothing if its logit is −Infinity, or its weight 0 with form: 'weights'.",
  temperature: 'Operations that take logits take it; divide them by it before they are wrapped where one does not.',
  'logTarget logInput': "Say form: 'logProbabilities' where the rows are wrapped.",
  fromLogits: "Say form: 'logits' where the rows are wrapped.",
  'reduce sizeAverage': "Pass { reduction }: 'none', 'sum' or 'mean'.",
  keepdims: 'The result has one number a row, whatever the shape of the rows.',
  labelSmoothing: 'Mix the targets with the uniform row before they are wrapped.',
  'epsilon eps': 'Zeros are exact: nothing has to be added to them.',
  smoothing: 'Smooth the rows before they are wrapped; of counts, populationStabilityIndex(expected, actual, { smoothing }) does it.',
  'axis dim': 'A distribution is a row: the outcomes come one after the other.',
  'normalize normalise': "Wrap rows that do not add up to 1 with form: 'weights'; they are normalised exactly.",
  symmetric: 'jeffreysDivergence() and jensenShannonDivergence() are symmetric.',
  'jensenShannonDivergence.beta jensenShannonDivergence.alpha': 'Pass { weight }, that of p in the mixture.',
  learningRate: 'Pass { stepSize }.',
  metric: 'Pass { divergence }, the function itself.',
  'engine.values.form': 'Distributions are wrapped with engine.rows().',
  'rows batchSize offset byteOffset': 'A GPUBuffer is taken with { rows, offset }, counted in numbers; of an array give the part that is meant, such as data.subarray(from, to).',
  stride: 'A GPUBuffer is taken with { stride }; rows of an array lie one after the other.',
  'shape columns width numClasses vocabSize classes': 'Pass { outcomes }, the length of a row.',
  dtype: "Other numbers are rounded to f32; say storage: 'f16' of halves.",
  type: 'Pass { form }: what the rows hold.',
  signal: 'read({ signal }) and engine.stream(source, fn, { signal }) take it.',
  timeout: 'Pass { signal: AbortSignal.timeout(milliseconds) }.',
  'workers threads': 'One a core is made when there is enough to do; pass { worker }, a function that makes one, where the page forbids others.',
  'memory maxMemory': 'Pass { memoryBudget }, in bytes.',
  'adapter powerPreference': 'Pass { device }, what adapter.requestDevice() gave.',
  once: 'Call in the listener what engine.on() returned.',
  seed: "Pass { check: { rows: 'sample', seed } }.",
};

/** A name without its case: log_target is logTarget. */
export const letters = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** What to say to a name, if there is something to say. */
export function wishFor(name: string): string | undefined {
  const wish = Object.entries(wishes).find(([names]) => names.split(' ').some((known) => letters(known) === letters(name)))?.[1];
  return wish === undefined || wish.endsWith('.') ? wish : `${wish} takes it.`;
}
