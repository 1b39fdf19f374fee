import { createInterface } from 'node:readline';
import { createDatabase } from './connection.mjs';
import { startEngine } from './engine.mjs';

/** @typedef {{ id: number, method?: string, params?: any }} Request */

const ENGINE_ERROR = 4466; // the code of the native engine's JSON-RPC errors
const RENAMED = new Map([['getDatabaseVersion', 'version']]); // wire name -> name of the method in the WebAssembly build

/** @param {Readonly<Record<string, unknown>>} message */
function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

/**
 * Answers JSON-RPC requests, one per line of stdin, until stdin ends and every answer is out.
 *
 * @param {import('./arguments.mjs').Options} options
 * @returns {Promise<never>}
 */
export async function serve(options) {
  /** @type {ReturnType<typeof startEngine> | undefined} */
  let started;
  const engine = () => (started ??= startEngine(options));
  const pending = new Set();
  for await (const line of createInterface({ input: process.stdin })) {
    /** @type {Request} */
    const request = JSON.parse(line);
    if (request.method === undefined) continue; // the CLI's answer to our own `print`
    const answer = answerRequest(request, options, engine).finally(() => pending.delete(answer));
    pending.add(answer);
  }
  await Promise.all(pending);
  process.exit(0); // the engine keeps its session open
}

/**
 * @param {Request} request
 * @param {import('./arguments.mjs').Options} options
 * @param {() => ReturnType<typeof startEngine>} engine
 */
async function answerRequest({ id, method = '', params }, options, engine) {
  try {
    send({ id, result: (await call(id, method, params)) ?? {} });
  } catch (error) {
    const { message = undefined, meta = null, code = null } = /** @type {any} */ (error ?? {});
    const started = await engine().catch(() => undefined);
    const data = {
      is_panic: false,
      message: started?.explain(error) ?? message ?? String(error),
      meta,
      error_code: code,
    };
    send({ id, error: { code: ENGINE_ERROR, message: 'An error happened. Check the data field for details.', data } });
  }

  /**
   * @param {number} callId
   * @param {string} name
   * @param {any} parameters
   */
  async function call(callId, name, parameters) {
    if (name === 'createDatabase') {
      const target = parameters?.datasourceType ?? parameters?.datasource;
      return { databaseName: await createDatabase(target?.url ?? options.datasource.url) };
    }
    const { engine: wasm } = await engine();
    const result = await wasm[RENAMED.get(name) ?? name](parameters);
    if (name !== 'diff') return result;
    // The native engine prints a diff by calling the CLI back; the WebAssembly build returns the text.
    if (result.stdout != null) send({ id: 1e6 + callId, method: 'print', params: { content: result.stdout } });
    return { exitCode: result.exitCode, stdout: null };
  }
}
