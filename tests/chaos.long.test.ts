import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const chaos = fileURLToPath(new URL('../packages/local/dist/bench/chaos.js', import.meta.url));

// The whole of it, 500 trials and 100 blows, is `npm run chaos`.
test('a search comes to the same record bit for bit while workers, API, Redis and Postgres are killed', async () => {
  const child = spawn(process.execPath, [chaos, '--trials', '150', '--kills', '25'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const [code] = await once(child, 'close');
  expect(told).toContain('✓ no trial lost, none doubled');
  expect(code).toBe(0);
});
