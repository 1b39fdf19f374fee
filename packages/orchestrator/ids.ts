const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id: prefix, then 26 characters of base 32, time first (ULID), so that ids made later sort later. */
export function newId(prefix: 'srch' | 'trl' | 'wrk' | 'key' | 'whk' | 'ds'): string {
  const bytes = new Uint8Array(16);
  globalThis.crypto.getRandomValues(bytes);
  let time = Date.now();
  let text = '';
  for (let i = 0; i < 10; i++) {
    text = ALPHABET.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  for (const byte of bytes) text += ALPHABET.charAt(byte & 31);
  return `${prefix}_${text}`;
}
