/** Trials that are read at a time: other work of the process goes on in between. */
export const BLOCK = 4096;
/** Trials from which on one process at a time reads them all, or is taken to be far behind. */
export const MANY = 2 * BLOCK;
/** For how long a process that reads many, or leads a search with many, is believed to be at it. */
export const LEASE_MS = 5_000;

/**
 * Reads trials from a number on in blocks: the next one is on its way while one is worked on. Ends at `below`, or where nothing more
 * comes if that is null.
 */
export async function* inBlocks<Row>(
  { from, below }: { readonly from: number; readonly below: number | null },
  read: (range: { readonly from: number; readonly below: number }) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  const end = below ?? Number.POSITIVE_INFINITY;
  const readFrom = (start: number) => read({ from: start, below: Math.min(end, start + BLOCK) });
  let coming = readFrom(from);
  for (let start = from; start < end; start += BLOCK) {
    const rows = await coming;
    if (below === null && rows.length === 0) return;
    if (start + BLOCK < end) coming = readFrom(start + BLOCK);
    coming.catch(() => {}); // thrown where it is awaited
    yield rows;
  }
}
