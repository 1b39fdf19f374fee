import type { Trial } from '@caviar/spec';
import { presentTrial } from '../presenters/present-trial.js';

/** JSON Lines: one trial per line, as `GET /v1/trials/{id}` shows it; a chunk per page. */
export async function* jsonLines(pages: AsyncIterable<readonly Trial[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((trial) => `${JSON.stringify(presentTrial(trial))}\n`).join('');
}
