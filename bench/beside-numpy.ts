// The part of bench/beside-numpy.mjs that Vite compiles.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { duration, significant } from '../host/numbers.ts';
import { formatTable } from '../host/table.ts';
import { duallyPeer } from './dually-peer.ts';
import { workOf } from './peer-cases.ts';
import { ALPHA, type Task, type Work } from './peers/work.ts';
import { interleave, Subject } from './rounds.ts';

const [ROWS, OUTCOMES] = [4096, 1024];
const TASKS: readonly Task[] = ['KL', 'α = 0.3'];
const PACE = { rounds: 15, budget: 60_000 };
const COLUMNS = ['task', 'dually', 'median', 'numpy', 'median', '× Dually'];
const program = fileURLToPath(new URL('beside-numpy.py', import.meta.url));

interface Numpy {
  readonly version: string;
  /** Milliseconds of the task in numpy. */
  readonly time: (task: Task) => Promise<number>;
  readonly end: () => void;
}

/** The lines of a table: Dually in this process and numpy in another, in the same rounds. */
export async function comparedWithNumpy(): Promise<string[]> {
  const works = TASKS.map((task) => workOf({ task, rows: ROWS, outcomes: OUTCOMES }));
  const numpy = await startNumpy(works[0]!);
  const dually = duallyPeer(undefined);
  try {
    await dually.start();
    const rows = [];
    for (const work of works) rows.push(await compared(work));
    return [
      `${ROWS}×${OUTCOMES}, Node ${process.version}, numpy ${numpy.version}, from arrays to an array`,
      ...formatTable(COLUMNS, rows, new Set(COLUMNS.slice(1))),
    ];
  } finally {
    numpy.end();
    dually.stop?.();
  }

  async function compared(work: Work): Promise<string[]> {
    const prepared = await dually.prepare(work);
    const own = new Subject(async () => {
      const start = performance.now();
      await prepared.run();
      return performance.now() - start;
    });
    const other = new Subject(() => numpy.time(work.task));
    await interleave([own, other], PACE);
    prepared.dispose();
    const times = [own, other].flatMap(({ sample }) => [duration(sample.minimum), duration(sample.median)]);
    return [work.task, ...times, significant(other.sample.minimum / own.sample.minimum)];
  }
}

/** A Python that holds the inputs of the work and does one round whenever it is told a task. */
async function startNumpy({ batches }: Work): Promise<Numpy> {
  const folder = mkdtempSync(join(tmpdir(), 'dually-numpy-'));
  const file = join(folder, 'rows.f32');
  writeFileSync(file, Buffer.concat(batches.map(({ data }) => new Uint8Array(data.buffer))));
  const python = spawn('python3', [program, file, String(ROWS), String(OUTCOMES), String(ALPHA)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONUTF8: '1' }, // tasks have Greek letters
  });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('python3 with numpy 2 ended early; its message is above.');
    return value;
  };
  const missing = new Promise<never>((_, reject) => python.once('error', reject));
  try {
    const version = await Promise.race([answer(), missing]);
    return {
      version,
      async time(task) {
        python.stdin.write(`${task}\n`);
        return Number.parseFloat(await answer());
      },
      end: () => python.stdin.end(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
