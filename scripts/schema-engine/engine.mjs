import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { MigrationAdapterFactory } from './adapter.mjs';
import { log } from './log.mjs';

const GLUE = '@prisma/schema-engine-wasm/schema_engine_bg';
const PANICKED = 101; // the exit code of a Rust program that panicked

// The engine calls into this global when it panics. By then its answer is lost: say why, and die as the native one does.
let panic = '';
Object.assign(globalThis, {
  PRISMA_WASM_PANIC_REGISTRY: {
    get message() {
      return panic;
    },
    /** @param {string} message */
    set_message(message) {
      panic = message;
      log('ERROR', message);
      setImmediate(() => process.exit(PANICKED));
    },
  },
});

/**
 * Boots the WebAssembly engine for one datasource.
 *
 * @param {import('./arguments.mjs').Options} options
 */
export async function startEngine({ datasource, datamodels }) {
  const glue = await import(GLUE);
  const binary = createRequire(import.meta.url)
    .resolve(GLUE)
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(binary), { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  /** @type {any} */ (instance.exports).__wbindgen_start();

  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationAdapterFactory(datasource));
  const files = datamodels.map((path) => [path, readFileSync(path, 'utf8')]);
  const engine = await glue.SchemaEngine.new(
    { datamodels: files.length > 0 ? files : undefined },
    () => undefined, // the engine's own trace lines
    factory,
  );
  return { engine, explain: (/** @type {any} */ error) => explain(error, factory) };
}

/**
 * An error that began in JavaScript crosses the engine as a number; its words stay behind in the adapter's registry.
 *
 * @param {any} error
 * @param {any} factory
 * @returns {string}
 */
function explain(error, factory) {
  if (panic !== '') return panic;
  if (typeof error?.message === 'string' && error.message !== '') return error.message;
  const registered = factory.errorRegistry?.registeredErrors?.find(Boolean)?.error;
  return String(registered?.message ?? registered ?? error);
}
