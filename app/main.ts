// The page. With ?job it runs the job and tells the program that opened it; without, it is there to be explored.
import { element, messageOf } from '../host/element.ts';
import { BackendUnavailableError, openEngine, type Engine } from '../src/index.ts';
import type { Corpus } from './corpus.ts';
import { Explorer } from './explorer.ts';
import { runJob, type JobListener } from './job.ts';
import { loadCorpus, loadReport } from './load.ts';
import { corpusAsText, type JobReport, type JobMessage } from './report.ts';
import { showFindings, showJob } from './show.ts';
import { followSlider } from './slider.ts';

declare global {
  interface Window {
    tellHost?: (message: JobMessage) => Promise<void>;
  }
}

/** The job shows what WebGPU computes wherever it can be had, also where the CPU would be faster. */
async function openForJob(): Promise<Engine> {
  try {
    return await openEngine({ backend: 'webgpu', check: 'all' });
  } catch (error) {
    if (error instanceof BackendUnavailableError) return openEngine({ check: 'all' });
    throw error;
  }
}

async function checkedJob(corpus: Corpus, listener: JobListener): Promise<JobReport> {
  const engine = await openForJob();
  try {
    return await runJob(engine, corpus, listener);
  } finally {
    engine.dispose();
  }
}

async function jobForHost(tellHost: (message: JobMessage) => Promise<void>): Promise<void> {
  try {
    const report = await checkedJob(await loadCorpus(), {
      onProgress: (part, done, total) => void tellHost({ kind: 'progress', part, done, total }),
      onRow: (row) => void tellHost({ kind: 'row', row }),
    });
    await tellHost({ kind: 'report', report });
  } catch (error) {
    await tellHost({ kind: 'failure', message: messageOf(error) });
  }
}

async function explore(): Promise<void> {
  const report = await loadReport();
  if (report) show(report);
  const corpus = await loadCorpus();
  const { addresses, presidents, vocabulary } = corpus;
  element('corpus').textContent =
    `${corpusAsText({ addresses: addresses.length, presidents: presidents.length, vocabulary: vocabulary.length })}.`;
  offerJob(corpus);
  const explorer = await Explorer.open(corpus);
  followSlider((alpha) => explorer.ask(alpha));
}

function show(report: JobReport): void {
  showJob(report, element('job-table'), element('job-summary'));
  showFindings(report.findings, element('findings'));
}

/** The job again, on the visitor's own device. */
function offerJob(corpus: Corpus): void {
  const button = element<HTMLButtonElement>('run-job');
  const offer = button.textContent;
  const run = async (): Promise<void> => {
    button.disabled = true;
    try {
      const onProgress = (part: string, done: number, total: number): void => {
        button.textContent = `${part} … ${Math.floor((100 * done) / total)} %`;
      };
      show(await checkedJob(corpus, { onProgress }));
    } catch (error) {
      element('job-summary').textContent = messageOf(error);
    }
    button.textContent = offer;
    button.disabled = false;
  };
  button.addEventListener('click', () => void run());
  button.disabled = false;
}

if (window.tellHost && new URLSearchParams(location.search).has('job')) {
  await jobForHost(window.tellHost);
} else {
  explore().catch((error: unknown) => (element('status').textContent = messageOf(error)));
}
