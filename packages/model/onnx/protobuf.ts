/** A protobuf message being written: fields in the order of the calls (protobuf.dev/programming-guides/encoding). */
export class Message {
  readonly #parts: Uint8Array[] = [];

  /** An integer or enum: wire type 0. Negative ones take ten bytes, as int64. */
  int(field: number, value: number | bigint): this {
    this.#tag(field, 0);
    this.#parts.push(varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  /** Float: wire type 5. */
  float(field: number, value: number): this {
    this.#tag(field, 5);
    this.#parts.push(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Bytes, or a message within: wire type 2. */
  bytes(field: number, value: Uint8Array | Message): this {
    const bytes = value instanceof Message ? value.finish() : value;
    this.#tag(field, 2);
    this.#parts.push(varint(BigInt(bytes.length)), bytes);
    return this;
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #tag(field: number, wireType: number): void {
    this.#parts.push(varint(BigInt(field * 8 + wireType)));
  }
}

/** Seven bits a byte, the lowest first. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
