import type { Json } from './oddities.js';

/** What answers have told so far, to be used in requests to come: ids by kind, cursors, entity tags, lease tokens, keys. */
export class World {
  readonly #known = new Map<string, string[]>();

  /** Remembers what may be of use in an answer's body, whatever call it is of. */
  learn(value: unknown, name = ''): void {
    if (typeof value === 'string') this.#learnText(name, value);
    else if (Array.isArray(value)) for (const item of value) this.learn(item, name);
    else if (typeof value === 'object' && value !== null) {
      const { id, leaseToken } = value as { readonly id?: unknown; readonly leaseToken?: unknown };
      if (typeof id === 'string' && typeof leaseToken === 'string') {
        // Kept side by side, so that the same pick of both makes a pair.
        this.#push('leased', id);
        this.#push('leaseToken', leaseToken);
      }
      for (const [key, child] of Object.entries(value)) this.learn(child, key);
    }
  }

  add(kind: string, text: string): void {
    if (this.#known.get(kind)?.includes(text) !== true) this.#push(kind, text);
  }

  #push(kind: string, text: string): void {
    const texts = this.#known.get(kind) ?? [];
    texts.push(text);
    // The newest are the most alive.
    if (texts.length > KEPT) texts.shift();
    this.#known.set(kind, texts);
  }

  /** The document with what stands for known things replaced by them. */
  fill<Value extends Json | string>(document: Value): Value {
    if (typeof document === 'string') {
      return document.replaceAll(/\ue000known:(\w+):(\d+)\ue001/g, (_, kind, pick) =>
        this.#pick(kind, Number(pick)),
      ) as Value;
    }
    if (Array.isArray(document)) return document.map((item) => this.fill(item)) as Value;
    if (typeof document !== 'object' || document === null) return document;
    // Not by assignment: a key may be __proto__.
    return Object.fromEntries(Object.entries(document).map(([key, child]) => [key, this.fill(child)])) as Value;
  }

  #pick(kind: string, pick: number): string {
    const texts = this.#known.get(kind) ?? [];
    // 0 is the newest.
    return texts.at(-1 - (pick % Math.max(1, texts.length))) ?? `none-of-${kind}`;
  }

  #learnText(name: string, text: string): void {
    const [, prefix] = /^([a-z]+)_[\w-]+$/.exec(text) ?? [];
    if (/^(id|\w+Id)$/.test(name)) this.add(PREFIXES[prefix ?? ''] ?? 'datasets', text);
    if (name === 'nextCursor') this.add('cursor', text);
  }
}

const KEPT = 50;
/** Where the ids of a prefix go in a path: `/v1/searches/{id}`. A new kind of thing is known by its own prefix until it stands here. */
const PREFIXES: Readonly<Record<string, string>> = {
  srch: 'searches',
  trl: 'trials',
  whk: 'webhooks',
  key: 'keys',
  ds: 'datasets',
  wrk: 'workers',
  req: 'requests',
};
