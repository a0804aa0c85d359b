import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

describe('npm run bench', () => {
  it('lists its options', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    for (const option of ['--quick', '--only NAME', '--json FILE', '--peers', '--cpu', '--soak', '--serve']) expect(stdout).toContain(option);
  });

  it('refuses an option that it does not know', () => {
    const { status, stderr } = run('--fast');
    expect(status).toBe(2);
    expect(stderr).toContain("npm run bench: Unknown option '--fast'");
    expect(stderr).toContain('--help');
  });

  it('refuses --cpu alone', () => {
    const { status, stderr } = run('--cpu');
    expect(status).toBe(2);
    expect(stderr).toContain('--cpu goes with --peers');
  });

  it('refuses a name that is not an operation, and says which there are', () => {
    const { status, stderr } = run('--only', 'klDivergence', '--only', 'divergence');
    expect(status).toBe(2);
    expect(stderr).toContain('--only divergence: there is no such operation. There are alphaDivergence,');
  });

  it('refuses a file in a folder that is not there, before it times anything', () => {
    const { status, stderr } = run('--json', 'no/such/folder/bench.json');
    expect(status).toBe(2);
    expect(stderr).toContain('ENOENT');
  });
});
