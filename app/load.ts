import type { Corpus } from './corpus.ts';
import type { JobReport } from './report.ts';

async function answer(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} cannot be had from the server: ${response.status} ${response.statusText}`);
  return response;
}

export async function loadCorpus(): Promise<Corpus> {
  const [described, counts] = await Promise.all([answer('data/corpus.json'), answer('data/counts.bin')]);
  return {
    ...((await described.json()) as Omit<Corpus, 'counts'>),
    counts: new Uint32Array(await counts.arrayBuffer()),
  };
}

/** The report of the job that the server ran; null while it runs. */
export async function loadReport(): Promise<JobReport | null> {
  return (await (await answer('data/report.json')).json()) as JobReport | null;
}
