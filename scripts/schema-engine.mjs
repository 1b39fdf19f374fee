#!/usr/bin/env node
// Stand-in for Prisma's native schema engine, so that migrations work wherever npm works: Prisma's CLI would download
// a binary from a host of its own; this script is that binary. It speaks the same line-delimited JSON-RPC over stdio
// and is backed by the very same engine, published to the registry as WebAssembly (@prisma/schema-engine-wasm), with
// @prisma/adapter-pg for the connection. Set as PRISMA_SCHEMA_ENGINE_BINARY by scripts/prisma.mjs. See docs/adr.
import { parseArguments } from './schema-engine/arguments.mjs';
import { engineHash } from './schema-engine/hash.mjs';

const options = parseArguments(process.argv.slice(2));

if (options.version) {
  process.stdout.write(`schema-engine-cli ${engineHash()}\n`);
} else if (options.command !== undefined) {
  const { runCommand } = await import('./schema-engine/commands.mjs');
  process.exitCode = await runCommand(options.command, options.datasource);
} else {
  const { serve } = await import('./schema-engine/rpc.mjs');
  await serve(options);
}
