// The page: measures the accuracy in this browser, for the program that opened it.
import { element, messageOf } from '../host/element.ts';
import type { Message } from '../host/message.ts';
import type { HostReport } from './report.ts';
import { measureAccuracy } from './suite.ts';

type TellHost = (message: Message<HostReport>) => Promise<void>;

const { tellHost } = window as { tellHost?: unknown };
const mode = new URLSearchParams(location.search).has('quick') ? 'quick' : 'full';
if (tellHost) await measureFor(tellHost as TellHost);
else element('status').textContent = 'This page works for npm run accuracy, which opens it in each browser.';

async function measureFor(tell: TellHost): Promise<void> {
  try {
    const report = await measureAccuracy(
      mode,
      (part, done, total) => void tell({ kind: 'progress', part, done, total }),
    );
    await tell({ kind: 'report', report });
  } catch (error) {
    await tell({ kind: 'failure', message: messageOf(error) });
  }
}
