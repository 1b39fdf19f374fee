import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const TRAINING = new URL('../packages/training/dist/index.js', import.meta.url).href;

it('without WebAssembly networks are computed in plain TypeScript, and V8 is asked for nothing that it lacks', () => {
  const program = `import { chooseEngine } from ${JSON.stringify(TRAINING)}; console.log(chooseEngine().kind);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--jitless', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('typescript\n');
  expect(stderr).not.toContain('unrecognized flag');
});
