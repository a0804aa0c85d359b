/** Counts per host after Vitest's own report, and as the last line `N passed, M failed`. */
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
  dispatches: number;
}

export class HostReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts = new Map<string, Count>();
    if (isWholeRun()) for (const { name } of this.#vitest?.projects ?? []) counts.set(name, emptyCount());
    for (const module of modules) {
      const count = counts.get(module.project.name) ?? emptyCount();
      counts.set(module.project.name, count);
      addModule(count, module);
    }
    const problems = this.#problems(counts);
    const sum = (key: 'passed' | 'failed'): number =>
      [...counts.values()].reduce((total, count) => total + count[key], 0);
    const failed = sum('failed') + unhandled.length + problems.length;
    if (failed > 0) process.exitCode = 1;
    const lines = [...counts].map(
      ([name, count]) =>
        `${name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped, ${count.dispatches} kernels dispatched`,
    );
    const text = `${[...lines, ...problems, `${sum('passed')} passed, ${failed} failed`].join('\n')}\n`;
    process.once('exit', () => process.stdout.write(text)); // after all that Vitest has to say
  }

  /** What would let a run pass empty: skipped tests, hosts without tests, hosts whose GPU was never used. */
  #problems(counts: Map<string, Count>): string[] {
    const chosen = this.#vitest?.config.testNamePattern !== undefined; // -t skips what it does not choose
    return [...counts].flatMap(([name, { passed, failed, skipped, dispatches }]) => [
      ...(skipped > 0 && !chosen ? [`FAIL ${name}: ${skipped} tests were skipped`] : []),
      ...(passed + failed === 0 && isWholeRun() ? [`FAIL ${name}: no test ran`] : []),
      ...(passed > 0 && dispatches === 0 && isWholeRun() ? [`FAIL ${name}: no kernel was dispatched`] : []),
    ]);
  }
}

function emptyCount(): Count {
  return { passed: 0, failed: 0, skipped: 0, dispatches: 0 };
}

/** A module that failed outside its tests (an import, a missing adapter) counts as one failure. */
function addModule(count: Count, module: TestModule): void {
  if (module.errors().length > 0) count.failed++;
  for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed++;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    count[state === 'pending' ? 'failed' : state]++;
    count.dispatches += test.meta().dispatches ?? 0;
  }
}

/** `vitest run` with no file, project or name chosen. */
function isWholeRun(): boolean {
  return process.argv.slice(2).every((argument) => argument === 'run');
}
