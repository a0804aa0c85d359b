// The part of `npm start` that runs in Node.
import { inHeadlessBrowser, JobError } from '../host/headless.ts';
import { progressLine } from '../host/progress.ts';
import { stateOfTheUnion } from './addresses.ts';
import { buildCorpus, type Corpus } from './corpus.ts';
import { allPassed, type JobReport, type JobRow } from './report.ts';
import { printJob, printRows } from './terminal.ts';

const MIN_ADDRESSES = 3; // that a word occurs in, to be kept

export function corpusOfAddresses(): Corpus {
  return buildCorpus(stateOfTheUnion(), { minAddresses: MIN_ADDRESSES });
}

/** Runs the job on the page at `url` and prints what it computed, also what it computed before it failed. */
export async function runAndPrint(url: string): Promise<{ report: JobReport; passed: boolean }> {
  const progress = progressLine(process.stderr);
  try {
    const report = await inHeadlessBrowser<JobReport>(`${url}?job`, (...step) => progress.show(...step));
    progress.end();
    printJob(report, process.stdout);
    return { report, passed: allPassed(report) };
  } catch (error) {
    progress.end();
    if (error instanceof JobError) printRows(error.rows as readonly JobRow[], process.stdout);
    throw error;
  }
}
