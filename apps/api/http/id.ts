/** Ids are opaque, but none has other characters than these: what has, names nothing, and need not be looked for. */
const ID = /^[\w.:-]{1,100}$/;

/** Whether a text could be an id; Postgres can't even be asked for some that could not. */
export function isId(text: string): boolean {
  return ID.test(text);
}
