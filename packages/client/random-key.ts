/** A key that nobody else draws: 128 random bits in hex. `randomUUID` is not there in pages that came over plain HTTP. */
export function randomKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
