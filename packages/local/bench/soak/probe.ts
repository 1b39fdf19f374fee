// Loaded into the API and every worker by `node --import`: writes down now and then what memory the process holds. The heap is
// measured right after a collection, so that what is left is what something still refers to.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const folder = process.env['SOAK_FOLDER'];
const everyMs = Number(process.env['SOAK_EVERY_MS']);

if (isMainThread && folder !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const timer = setInterval(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify({ heap: heapUsed, external }));
  }, everyMs);
  timer.unref();
}
