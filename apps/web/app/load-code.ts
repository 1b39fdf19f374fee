const RELOADED = 'caviar-reloaded-at';
/** Code that does not come right after the page was loaded anew will not come by loading it again. */
const ONCE_MS = 15_000;
const LOOK_MS = 1_000;

/**
 * Loads code that is not in the page yet. Where it does not come, the service is away, or is another release than the page by now,
 * whose files have other names: as soon as the service answers it is asked for again, and then the whole page is.
 */
export async function loadCode<Code>(load: () => Promise<Code>): Promise<Code> {
  try {
    return await load();
  } catch (error) {
    await serviceAnswers();
    return load().catch(() => reloadOnce(error));
  }
}

async function serviceAnswers(): Promise<void> {
  for (;;) {
    const isThere = await fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function reloadOnce(error: unknown): Promise<never> {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < ONCE_MS) return Promise.reject(error);
  sessionStorage.setItem(RELOADED, `${Date.now()}`);
  location.reload();
  return new Promise(() => {});
}
