import { describe, expect, it } from 'vitest';
import { philox4x32 } from './philox.js';

const words = (text: string) => Uint32Array.from(text.split(' ').map((word) => Number.parseInt(word, 16)));

// Known answers published with Random123 (tests/kat_vectors, "philox4x32 10"): counter, key, expected.
const KNOWN_ANSWERS = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const;

describe('philox4x32', () => {
  it.each(KNOWN_ANSWERS)('gives the published answer for counter %s and key %s', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox4x32(words(counter), words(key), out);
    expect(out).toEqual(words(expected));
  });

  it('may write over its counter', () => {
    const counter = words(KNOWN_ANSWERS[2][0]);
    philox4x32(counter, words(KNOWN_ANSWERS[2][1]), counter);
    expect(counter).toEqual(words(KNOWN_ANSWERS[2][2]));
  });
});
