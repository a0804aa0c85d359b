import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../accuracy/run.mjs', import.meta.url));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

describe('npm run accuracy', () => {
  it('lists its options', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    for (const option of ['--quick', '--docs FOLDER', '--json FILE']) expect(stdout).toContain(option);
  });

  it('refuses an option that it does not know', () => {
    const { status, stderr } = run('--fast');
    expect(status).toBe(2);
    expect(stderr).toContain("npm run accuracy: Unknown option '--fast'");
  });

  it('refuses a file in a folder that is not there, before it measures anything', () => {
    const { status, stderr } = run('--json', 'no/such/folder/accuracy.json');
    expect(status).toBe(2);
    expect(stderr).toContain('ENOENT');
  });
});
