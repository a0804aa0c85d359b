const WIDTH = 110; // of a stream that does not say
const QUIET = 10_000; // milliseconds between two lines about one part, where lines cannot be written over

export interface ProgressLine {
  show(part: string, done?: number, total?: number): void;
  end(): void;
}

/** Progress as one line that is written over on a terminal, and as plain lines, fewer of them, anywhere else. */
export function progressLine(stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>): ProgressLine {
  let part = '';
  let share = '';
  let began = 0;
  let said = 0;
  const say = (): void => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    const line = `${part} …${share}${seconds > 0 ? ` ${seconds} s` : ''}`;
    if (stream.isTTY) return void stream.write(`\r\x1b[2K${line.slice(0, (stream.columns || WIDTH) - 1)}`);
    if (performance.now() - said < QUIET) return;
    said = performance.now();
    stream.write(`${line}\n`);
  };
  const clock = setInterval(say, 1000); // a check that takes long still shows that time goes on
  return {
    show(newPart, done = 0, total = 0) {
      if (newPart !== part) [part, began, said] = [newPart, performance.now(), -Infinity];
      share = total > 1 ? ` ${Math.floor((100 * done) / total)} %` : '';
      say();
    },
    end() {
      clearInterval(clock);
      if (stream.isTTY) stream.write('\r\x1b[2K');
    },
  };
}
