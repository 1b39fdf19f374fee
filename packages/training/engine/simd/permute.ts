import type { Statement } from '../wasm/code.js';
import { i32, i64 } from '../wasm/instructions.js';
import {
  advance,
  type FunctionBuilder,
  type Local,
  loopWhile,
  type ModuleBuilder,
  repeat,
  repeatIfAny,
  when,
} from '../wasm/module.js';
import { range } from './target.js';

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** Philox4x32-10 (`philox4x32` in `packages/numerics`): statements that turn block number `nextBlock` of a key's sequence into four words. */
function emitBlock(
  f: FunctionBuilder,
  words: readonly Local<'i32'>[],
  input: {
    readonly nextBlock: Local<'i32'>;
    readonly keyLow: Local<'i32'>;
    readonly keyHigh: Local<'i32'>;
  },
): Statement {
  const products = f.locals('i64', 2);
  return [
    [input.nextBlock, i32.of(0), i32.of(0), i32.of(0)].map((x, i) => words[i]!.set(x)),
    advance(input.nextBlock, 1),
    range(ROUNDS).map((round) => {
      const key0 = i32.add(input.keyLow, Math.imul(round, WEYL_0));
      const key1 = i32.add(input.keyHigh, Math.imul(round, WEYL_1));
      return [
        // The multipliers as unsigned words: their signed constants, zero-extended.
        products[0]!.set(i64.mul(i64.fromU32(words[0]!), i64.fromU32(i32.of(MULTIPLIER_0 | 0)))),
        products[1]!.set(i64.mul(i64.fromU32(words[2]!), i64.fromU32(i32.of(MULTIPLIER_1 | 0)))),
        words[0]!.set(i32.xor(i32.xor(i32.fromI64(i64.shrU(products[1]!, 32)), words[1]!), key0)),
        words[2]!.set(i32.xor(i32.xor(i32.fromI64(i64.shrU(products[0]!, 32)), words[3]!), key1)),
        words[1]!.set(i32.fromI64(products[1]!)),
        words[3]!.set(i32.fromI64(products[0]!)),
      ];
    }),
  ];
}

/** See `RandomWords`. */
export function emitRandomWords(module: ModuleBuilder): void {
  const { f, p } = module.define('randomWords', {
    items: 'i32',
    n: 'i32',
    block: 'i32',
    keyLow: 'i32',
    keyHigh: 'i32',
  });
  const words = f.locals('i32', 4);
  const count = f.local('i32');
  f.body(
    p.items.set(i32.shl(p.items, 2)),
    repeat(count, i32.shrU(p.n, 2), [
      emitBlock(f, words, { nextBlock: p.block, keyLow: p.keyLow, keyHigh: p.keyHigh }),
      words.map((word, i) => i32.store(p.items, word, i * 4)),
      advance(p.items, 16),
    ]),
  );
}

/**
 * See `Permute`. The twin of `Stream.permutation`: Philox4x32-10 in counter mode, draws below n by the remainder, Fisher and
 * Yates. It is here because WebAssembly has what JavaScript has not, the full product of two 32-bit words, and small
 * networks spend a fifth of their time on shuffling otherwise.
 */
export function emitPermute(module: ModuleBuilder): void {
  const { f, p } = module.define('permute', { items: 'i32', n: 'i32', keyLow: 'i32', keyHigh: 'i32' });
  const words = f.locals('i32', 4);
  const [nextBlock, wordsLeft, count, at, other, rest, bits, item] = f.locals('i32', 8) as Local<'i32'>[];
  const refill = [
    emitBlock(f, words, { nextBlock: nextBlock!, keyLow: p.keyLow, keyHigh: p.keyHigh }),
    wordsLeft!.set(i32.of(4)),
  ];
  const nextWord = [
    when(wordsLeft!, [], refill),
    bits!.set(words[0]!),
    words.slice(1).map((word, i) => words[i]!.set(word)),
    advance(wordsLeft!, -1),
  ];
  f.body(
    p.items.set(i32.shl(p.items, 2)),
    at!.set(p.items),
    count!.set(i32.of(0)),
    repeatIfAny(rest!, p.n, [i32.store(at!, count!), advance(count!, 1), advance(at!, 4)]),
    // From the last item to the second: `count` items are still to be placed.
    repeatIfAny(count!, i32.sub(p.n, 1), [
      loopWhile(
        [nextWord, rest!.set(i32.remU(bits!, i32.add(count!, 1)))],
        // Again where the run of `count + 1` values that these bits are in ends beyond 2^32.
        i32.gtU(i32.sub(bits!, rest!), i32.sub(-1, count!)),
      ),
      at!.set(i32.add(p.items, i32.shl(count!, 2))),
      other!.set(i32.add(p.items, i32.shl(rest!, 2))),
      item!.set(i32.load(at!)),
      i32.store(at!, i32.load(other!)),
      i32.store(other!, item!),
    ]),
  );
}
