#!/usr/bin/env node
// Fails when prisma/schema.prisma and prisma/migrations have drifted apart. The migrations are played back on a
// throw-away Postgres. Needs the compiled @caviar/local: npm run check brings it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../packages/local/dist/index.js';
import { spawnPrisma } from './prisma.mjs';

const folder = mkdtempSync(join(tmpdir(), 'caviar-drift-'));
const server = await startPostgres({
  dataDirectory: join(folder, 'postgres'),
  logFile: join(folder, 'postgres.log'),
  settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
});
const args = ['--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma', '--exit-code'];
const child = spawnPrisma(['migrate', 'diff', ...args], { env: { ...process.env, DATABASE_URL: server.url } });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
const code = await new Promise((resolve) => child.once('exit', resolve));
await server.stop();
rmSync(folder, { recursive: true, force: true });
if (code === 2) process.stderr.write('The schema has drifted: npm run db:migrate -- dev --name what_changed\n');
process.exit(code ?? 1);
