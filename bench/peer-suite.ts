import { messageOf } from '../host/element.ts';
import { duallyPeer } from './dually-peer.ts';
import { shapeOfCase, workOf, type PeerCase } from './peer-cases.ts';
import { judgeOf } from './peer-judge.ts';
import type { PeerRow } from './peer-report.ts';
import type { Peer, PeerModule, Prepared, Work } from './peers/work.ts';
import { interleave, Subject, type Pace } from './rounds.ts';

const libraries = import.meta.glob<PeerModule>('./peers/libraries/*.ts');
const PATIENCE = 120_000; // milliseconds that a library may take to start, or for its first result
const PAUSE = 20; // milliseconds, after which threads of the library before no longer wait for work in a busy loop

/** Times the same work in Dually and in every library of peers/libraries, in rounds that all of them share. */
export async function comparePeers(
  cases: readonly PeerCase[],
  pace: Pace,
  { device, cpuAlone }: { readonly device: GPUDevice | undefined; readonly cpuAlone: boolean },
  onCase: (of: PeerCase) => void,
): Promise<PeerRow[]> {
  if (cases.length === 0) return [];
  const modules = await Promise.all(Object.values(libraries).map((load) => load()));
  const others = modules.flatMap(({ peers }) => peers).filter(({ backend }) => !cpuAlone || backend !== 'webgpu');
  const started: Started[] = [];
  for (const peer of [duallyPeer(device), ...others]) {
    const { reason } = await attempt(() => peer.start());
    started.push({ peer, reason });
  }
  const rows: PeerRow[] = [];
  for (const of of cases) {
    onCase(of);
    rows.push(...(await compare(of, started, pace)));
  }
  for (const { peer } of started) peer.stop?.();
  return rows;
}

interface Started {
  readonly peer: Peer;
  /** Why it cannot run here. */
  readonly reason: string | undefined;
}

/** The rounds of one piece of work. Every library has run it once before the first round, so all are compiled. */
async function compare(of: PeerCase, started: readonly Started[], pace: Pace): Promise<PeerRow[]> {
  const work = workOf(of);
  const errorOf = await judgeOf(work);
  const subjects = new Map<Peer, { prepared: Prepared; subject: Subject; numbers: Float32Array }>();
  const reasons = new Map<Peer, string>();
  for (const { peer, reason } of started) {
    const outcome = reason === undefined ? await attempt(() => firstRun(peer, work)) : { reason };
    if ('value' in outcome) subjects.set(peer, outcome.value);
    else reasons.set(peer, outcome.reason);
  }
  await interleave(
    [...subjects.values()].map(({ subject }) => subject),
    pace,
  );
  return started.map(({ peer }) => {
    const { library, version, backend } = peer;
    const facts = { task: of.task, shape: shapeOfCase(of), library, version, backend };
    const ran = subjects.get(peer);
    if (!ran) return { ...facts, wall: null, error: null, reason: reasons.get(peer)! };
    ran.prepared.dispose();
    return { ...facts, wall: ran.subject.sample, error: errorOf(ran.numbers), reason: null };
  });
}

async function firstRun(
  peer: Peer,
  work: Work,
): Promise<{ prepared: Prepared; subject: Subject; numbers: Float32Array }> {
  const prepared = await peer.prepare(work);
  const numbers = (await prepared.run()).slice();
  const subject = new Subject(async () => {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    const start = performance.now();
    await prepared.run();
    return performance.now() - start;
  });
  return { prepared, subject, numbers };
}

type Outcome<T> = { readonly value: T; readonly reason?: undefined } | { readonly reason: string };

/** A library that fails or hangs is no failure of the benchmark; it is told why it has no figures. */
async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return { value: await Promise.race([work(), patience]) };
  } catch (error) {
    return { reason: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
