/** Items of a page when the size is not the caller's concern. */
export const LARGEST_PAGE = 200;

/** A page of a list. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Every item of a list, page by page: `everyItem((cursor) => client.listTrials(id, { limit: 200, cursor }))`. */
export async function* everyItem<Item>(
  fetchPage: (cursor: string | undefined) => Promise<PageOf<Item>>,
): AsyncGenerator<Item, void> {
  let cursor: string | undefined;
  for (;;) {
    const { items, nextCursor } = await fetchPage(cursor);
    yield* items;
    if (nextCursor === null) return;
    cursor = nextCursor;
  }
}
