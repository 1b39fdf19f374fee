#!/usr/bin/env node
// Prisma's CLI without its engine download: `node scripts/prisma.mjs migrate dev --name x`, and any other verb.
// The schema engine is scripts/schema-engine.mjs unless PRISMA_SCHEMA_ENGINE_BINARY already names another.
import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/**
 * The environment Prisma's CLI needs: our engine, no telemetry, and this very Node first on the PATH (the engine is a
 * script that asks for `node`).
 *
 * @param {Readonly<NodeJS.ProcessEnv>} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function prismaEnvironment(environment) {
  const engine = join(root, 'scripts', 'schema-engine.mjs');
  return {
    PRISMA_SCHEMA_ENGINE_BINARY: engine,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    ...environment,
    PATH: [dirname(process.execPath), environment['PATH'] ?? ''].join(delimiter),
  };
}

/**
 * Runs Prisma's CLI at the root of the repository.
 *
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, stdio?: import('node:child_process').StdioOptions }} [options]
 * @returns {import('node:child_process').ChildProcess}
 */
export function spawnPrisma(args, { env = process.env, stdio = 'inherit' } = {}) {
  const engine = join(root, 'scripts', 'schema-engine.mjs');
  try {
    accessSync(engine, constants.X_OK);
  } catch {
    chmodSync(engine, 0o755); // an archive may have lost the bit
  }
  const manifest = require.resolve('prisma/package.json');
  const cli = join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.prisma);
  return spawn(process.execPath, [cli, ...args], { cwd: root, env: prismaEnvironment(env), stdio });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const child = spawnPrisma(args);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    // The images have this script without the rest, and generate nothing.
    if (code !== 0 || args[0] !== 'generate' || args.includes('--config')) return process.exit(code ?? 1);
    return import('./caviar/forget-planner.mjs').then(({ forgetPlanner }) => forgetPlanner());
  });
}
