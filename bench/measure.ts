import { ofExample } from '../host/examples.ts';
import type { Operation } from '../src/engine/operation.ts';
import { chooseRegime } from '../src/engine/regimes.ts';
import type { Regime } from '../src/engine/kernel.ts';
import { CertificateError, openEngine, type Engine, type Tensor } from '../src/index.ts';
import { kernelTime } from './ceilings.ts';
import { inputsOf, randomInputs, type Shape } from './inputs.ts';
import { arithmeticOf, parametersOf, passesOf } from './operations.ts';
import { reachOf, type Gpu } from './reach.ts';
import type { BenchRow } from './report.ts';
import { interleave, Subject, type Pace } from './rounds.ts';
import { shapeText } from './shapes.ts';

type Maker = () => Tensor;

/** Times one operation at one shape everywhere, in rounds that its ceilings share. */
export async function measure(
  operation: Operation,
  shape: Shape,
  gpu: Gpu | undefined,
  pace: Pace,
): Promise<BenchRow[]> {
  const data = randomInputs(operation, shape);
  const makerOn = (engine: Engine): Maker => {
    const inputs = inputsOf(engine, operation, shape.outcomes, data);
    return () => ofExample(operation, inputs, parametersOf(operation));
  };
  const engines: Engine[] = [];
  const opened = async (...options: Parameters<typeof openEngine>): Promise<Engine> => {
    const engine = await openEngine(...options);
    engines.push(engine);
    return engine;
  };
  try {
    const cpu = await opened({ backend: 'cpu' });
    const make = makerOn(cpu);
    const numbers = numbersOf(make());
    const facts = factsOf(operation, shape, numbers);
    const wall = new Subject(() => wallTime(make, 'cpu'));
    const reach = gpu && reachOf(await opened({ device: gpu.device }, { regime: 'lane' }), numbers, shape.rows, gpu);
    const timed = [];
    for (const regime of gpu ? regimesAt(operation, shape.outcomes) : []) {
      const makeHere = makerOn(await opened({ device: gpu!.device }, { regime }));
      const kernel = new Subject(() => kernelTime(makeHere, gpu!.timer));
      timed.push({ regime, kernel, wall: new Subject(() => wallTime(makeHere, 'webgpu')) });
    }
    const onGpu = timed.flatMap((subjects) => [subjects.kernel, subjects.wall]);
    await interleave([...onGpu, ...(reach?.subjects ?? []), wall], pace);
    const rows: BenchRow[] = [];
    for (const { regime, ...subjects } of timed) {
      const checked = await opened({ device: gpu!.device, check: 'sample' }, { regime });
      const samples = { kernel: subjects.kernel.sample, wall: subjects.wall.sample, ceilings: reach!.ceilings() };
      rows.push({
        ...facts,
        backend: 'webgpu',
        regime,
        ...samples,
        certificate: await certificateOf(makerOn(checked)),
      });
    }
    return [
      ...rows,
      { ...facts, backend: 'cpu', regime: null, kernel: null, wall: wall.sample, ceilings: null, certificate: null },
    ];
  } finally {
    for (const engine of engines) engine.dispose();
  }
}

/** The regimes that the engine grants to the operation on rows of this length. */
function regimesAt({ kernel }: Operation, outcomes: number): Regime[] {
  return (['lane', 'team', 'workgroup'] as const).filter(
    (regime) => chooseRegime(kernel ?? {}, outcomes, false, regime) === regime,
  );
}

/** Of all inputs and the result. */
function numbersOf(tensor: Tensor): number {
  const inputs = tensor.origin.kind === 'result' ? tensor.origin.inputs : [];
  return [...inputs, tensor].reduce((sum, { rows, width }) => sum + rows * width, 0);
}

type Facts = Pick<BenchRow, 'operation' | 'parameters' | 'shape' | 'bytes' | 'arithmetic'>;

function factsOf(operation: Operation, shape: Shape, numbers: number): Facts {
  const perOutcome = arithmeticOf(operation);
  return {
    operation: operation.name,
    parameters: parametersOf(operation),
    shape: shapeText(shape),
    bytes: 4 * numbers * passesOf(operation),
    arithmetic: perOutcome === undefined ? null : perOutcome * shape.rows * (shape.columns ?? 1) * shape.outcomes,
  };
}

/** Milliseconds from the call to the Float32Array. The inputs are on the device since the warm-up. */
export async function wallTime(make: Maker, backend: 'webgpu' | 'cpu'): Promise<number> {
  const start = performance.now();
  const tensor = make();
  await tensor.read();
  const milliseconds = performance.now() - start;
  tensor.dispose();
  const report = tensor.report;
  if (report.backend !== backend) throw new Error(`It ran on the ${report.backend} backend: ${report.reason}.`);
  return milliseconds;
}

/** The certificate of a run that nobody times, also one that failed. */
async function certificateOf(make: Maker): Promise<BenchRow['certificate']> {
  const tensor = make();
  try {
    await tensor.read();
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
  }
  const { passed, worstUlps, rowsChecked, tolerance } = tensor.report.certificate!;
  return { passed, worstUlps: Number.isFinite(worstUlps) ? worstUlps : null, rowsChecked, tolerance };
}
