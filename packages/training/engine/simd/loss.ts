import type { PanelWidth } from '../kernels.js';
import type { Expr, Statement } from '../wasm/code.js';
import { f32, f32x4, f64, i32, i32x4, type MultiplyAdd, v128 } from '../wasm/instructions.js';
import {
  advance,
  choose,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type ParameterLocals,
  repeat,
  repeatIfAny,
  when,
} from '../wasm/module.js';
import { loadFirstColumn, storeFirst } from './blocks.js';
import { acrossLanes, vectorMath } from './math.js';
import { range } from './target.js';

const LOSS_PARAMETERS = {
  z: 'i32',
  stride: 'i32',
  panels: 'i32',
  d: 'i32',
  targets: 'i32',
  index: 'i32',
  rows: 'i32',
  scale: 'f64',
  classWeights: 'i32',
  wrong: 'i32',
} as const;

type Parameters = ParameterLocals<typeof LOSS_PARAMETERS>;

const toBytes = (p: Parameters): Statement =>
  [p.z, p.stride, p.d, p.targets, p.index, p.classWeights, p.wrong].map((x) => x.set(i32.shl(x, 2)));

const count = (p: Parameters, isWrong: Expr<'i32'>): Statement =>
  i32.store(p.wrong, i32.add(i32.load(p.wrong), isWrong));

/** Address of row r's target. */
const targetOf = (p: Parameters): Expr<'i32'> => i32.add(p.targets, i32.shl(i32.load(p.index), 2));

/** Zeroes the gradient of the rows that only pad, one panel of them, from `d` on. */
function clearPaddedRows(f: FunctionBuilder, p: Parameters, d: Expr<'i32'>, width: PanelWidth): Statement {
  const row = f.local('i32');
  const at = f.local('i32');
  return [
    at.set(d),
    repeatIfAny(row, i32.and(i32.sub(0, p.rows), 3), [
      range(width / 4).map((v) => v128.store(at, f32x4.of(0), v * 16)),
      advance(at, width * 4),
    ]),
  ];
}

/** See `Kernels.softmaxCrossEntropy`; at most `width` classes, held in registers. */
export function emitSoftmax(module: ModuleBuilder, multiplyAdd: MultiplyAdd, width: PanelWidth): void {
  const { f, p } = module.define(`softmaxCrossEntropy_${width}`, LOSS_PARAMETERS, 'f64');
  const math = vectorMath(f, multiplyAdd);
  const [row, label, first] = f.locals('i32', 3) as [Local<'i32'>, Local<'i32'>, Local<'i32'>];
  const classes = f.locals('v128', width / 4);
  const [max, sum] = f.locals('v128', 2) as [Local<'v128'>, Local<'v128'>];
  const [weight, ofLabel] = f.locals('f32', 2) as [Local<'f32'>, Local<'f32'>];
  const loss = f.local('f64');
  const fold = (combine: typeof f32x4.add) => classes.map((x): Expr<'v128'> => x).reduce((a, b) => combine(a, b));
  f.bodyReturning(
    [
      toBytes(p),
      repeatIfAny(row, p.rows, [
        label.set(i32.load(targetOf(p))),
        weight.set(f32.load(i32.add(p.classWeights, i32.shl(label, 2)))),
        label.set(i32.shl(label, 2)),
        ofLabel.set(f32.load(i32.add(p.z, label))),
        classes.map((x, v) => x.set(v128.load(p.z, v * 16))),
        max.set(fold(f32x4.max)),
        acrossLanes(max, f32x4.max),
        // The first of the greatest: a hardmax (seed 3.5). A NaN is equal to nothing, so it is wrong.
        first.set(
          classes.map((x, v) => i32.shl(i32x4.bitmask(f32x4.eq(x, max)), 4 * v)).reduce((a, b) => i32.or(a, b)),
        ),
        count(p, i32.ne(i32.shl(i32.ctz(first), 2), label)),
        classes.map((x) => [x.set(f32x4.sub(x, max)), math.exp(x)]),
        sum.set(fold(f32x4.add)),
        acrossLanes(sum, f32x4.add),
        // d = (e / sum - y) * weight * scale
        max.set(f32x4.sub(max, f32x4.splat(ofLabel))),
        ofLabel.set(f32.fromF64(f64.mul(p.scale, f64.fromF32(weight)))),
        classes.map((x) => x.set(f32x4.mul(x, f32x4.div(f32x4.splat(ofLabel), sum)))),
        v128.storeAll(p.d, classes),
        label.set(i32.add(p.d, label)),
        f32.store(label, f32.sub(f32.load(label), ofLabel)),
        // loss = log(sum) + max - z of the label
        math.log(sum),
        sum.set(f32x4.add(sum, max)),
        loss.set(f64.add(loss, f64.mul(f64.fromF32(weight), f64.fromF32(f32x4.lane(sum, 0))))),
        advance(p.z, width * 4),
        advance(p.d, width * 4),
        advance(p.index, 4),
      ]),
      clearPaddedRows(f, p, p.d, width),
    ],
    loss,
  );
}

/** The same for any number of panels of 16 classes: three passes over a row. */
export function emitSoftmaxOfMany(module: ModuleBuilder, multiplyAdd: MultiplyAdd): void {
  const { f, p } = module.define('softmaxCrossEntropy_many', LOSS_PARAMETERS, 'f64');
  const math = vectorMath(f, multiplyAdd);
  const [row, panel, label, zAt, dAt, seen, first, bits] = f.locals('i32', 8) as Local<'i32'>[];
  const [max, sum, value] = f.locals('v128', 3) as [Local<'v128'>, Local<'v128'>, Local<'v128'>];
  const [weight, ofLabel] = f.locals('f32', 2) as [Local<'f32'>, Local<'f32'>];
  const loss = f.local('f64');
  const overPanels = (statements: Statement): Statement => [
    zAt!.set(p.z),
    dAt!.set(p.d),
    repeat(panel!, p.panels, [statements, advance(zAt!, p.stride), advance(dAt!, p.stride)]),
  ];
  const each = range(4);
  // Offset of the label's element: its panel times the stride, and its place in the panel.
  const labelOffset = i32.add(i32.mul(i32.shrU(label!, 4), p.stride), i32.shl(i32.and(label!, 15), 2));
  f.bodyReturning(
    [
      toBytes(p),
      repeatIfAny(row!, p.rows, [
        label!.set(i32.load(targetOf(p))),
        weight.set(f32.load(i32.add(p.classWeights, i32.shl(label!, 2)))),
        ofLabel.set(f32.load(i32.add(p.z, labelOffset))),
        max.set(v128.load(p.z)),
        overPanels(each.map((v) => max.set(f32x4.max(max, v128.load(zAt!, v * 16))))),
        acrossLanes(max, f32x4.max),
        sum.set(f32x4.of(0)),
        seen!.set(i32.of(0)),
        first!.set(i32.of(-1)),
        overPanels([
          bits!.set(
            each
              .map((v) => i32.shl(i32x4.bitmask(f32x4.eq(v128.load(zAt!, v * 16), max)), 4 * v))
              .reduce((a, b) => i32.or(a, b)),
          ),
          when(i32.and(i32.eq(first!, -1), i32.ne(bits!, 0)), first!.set(i32.add(seen!, i32.ctz(bits!)))),
          advance(seen!, 16),
          each.map((v) => [
            value.set(f32x4.sub(v128.load(zAt!, v * 16), max)),
            math.exp(value),
            sum.set(f32x4.add(sum, value)),
            v128.store(dAt!, value, v * 16),
          ]),
        ]),
        count(p, i32.ne(first!, label!)),
        acrossLanes(sum, f32x4.add),
        max.set(f32x4.sub(max, f32x4.splat(ofLabel))),
        ofLabel.set(f32.fromF64(f64.mul(p.scale, f64.fromF32(weight)))),
        value.set(f32x4.div(f32x4.splat(ofLabel), sum)),
        overPanels(
          v128.storeAll(
            dAt!,
            each.map((v) => f32x4.mul(v128.load(dAt!, v * 16), value)),
          ),
        ),
        dAt!.set(i32.add(p.d, labelOffset)),
        f32.store(dAt!, f32.sub(f32.load(dAt!), ofLabel)),
        math.log(sum),
        sum.set(f32x4.add(sum, max)),
        loss.set(f64.add(loss, f64.mul(f64.fromF32(weight), f64.fromF32(f32x4.lane(sum, 0))))),
        advance(p.z, 64),
        advance(p.d, 64),
        advance(p.index, 4),
      ]),
      dAt!.set(p.d),
      repeat(panel!, p.panels, [clearPaddedRows(f, p, dAt!, 16), advance(dAt!, p.stride)]),
    ],
    loss,
  );
}

/** See `Kernels.logistic`: unit 0 of panels of 4. Four rows at a time, one in each lane. */
export function emitLogistic(module: ModuleBuilder, multiplyAdd: MultiplyAdd): void {
  const { f, p } = module.define('logistic', LOSS_PARAMETERS, 'f64');
  const math = vectorMath(f, multiplyAdd);
  const [group, left] = f.locals('i32', 2) as [Local<'i32'>, Local<'i32'>];
  const labels = f.locals('i32', 4);
  const [z, e, y, probability, factor] = f.locals('v128', 5) as Local<'v128'>[];
  const weights = f.locals('f32', 4);
  const loss = f.local('f64');
  const lanes = range(4);
  const isWrong = (lane: number): Expr<'i32'> => {
    const logit = f32x4.lane(z!, lane);
    const isRight = i32.select(i32.compare(logit, 'gt', f32.of(0)), i32.compare(logit, 'le', f32.of(0)), labels[lane]!);
    return i32.xor(isRight, 1);
  };
  f.bodyReturning(
    [
      toBytes(p),
      left.set(p.rows),
      repeatIfAny(group, i32.shrU(i32.add(p.rows, 3), 2), [
        lanes.map((lane) => {
          // Rows that only pad have no target: the last one's stands in, and what comes of it is dropped.
          const row = choose(i32.ltU(lane, left), i32.of(lane), i32.sub(left, 1));
          const target = i32.load(i32.add(p.index, i32.shl(row, 2)));
          return [
            labels[lane]!.set(i32.load(i32.add(p.targets, i32.shl(target, 2)))),
            weights[lane]!.set(f32.load(i32.add(p.classWeights, i32.shl(labels[lane]!, 2)))),
            y!.set(f32x4.withLane(y!, lane, f32.fromI32(labels[lane]!))),
            factor!.set(f32x4.withLane(factor!, lane, f32.fromF64(f64.mul(p.scale, f64.fromF32(weights[lane]!))))),
          ];
        }),
        z!.set(loadFirstColumn(p.z)),
        e!.set(f32x4.neg(f32x4.abs(z!))),
        math.exp(e!),
        // sigmoid(z) from e = e^-|z|
        probability!.set(f32x4.div(f32x4.of(1), f32x4.add(e!, f32x4.of(1)))),
        probability!.set(v128.select(f32x4.mul(e!, probability!), probability!, f32x4.lt(z!, f32x4.of(0)))),
        // loss = max(z, 0) - z y + log(1 + e)
        math.log1p(e!),
        e!.set(f32x4.add(f32x4.sub(f32x4.max(z!, f32x4.of(0)), f32x4.mul(z!, y!)), e!)),
        probability!.set(f32x4.mul(f32x4.sub(probability!, y!), factor!)),
        lanes.map((lane) =>
          when(
            i32.ltU(lane, left),
            [
              count(p, isWrong(lane)),
              loss.set(f64.add(loss, f64.mul(f64.fromF32(weights[lane]!), f64.fromF32(f32x4.lane(e!, lane))))),
              storeFirst(p.d, probability!, lane),
            ],
            v128.store(p.d, f32x4.of(0), lane * 16),
          ),
        ),
        advance(left, -4),
        advance(p.z, 64),
        advance(p.d, 64),
        advance(p.index, 16),
      ]),
    ],
    loss,
  );
}

/** See `Kernels.squaredError`: unit 0 of a panel of 4. */
export function emitSquaredError(module: ModuleBuilder): void {
  const { f, p } = module.define('squaredError', LOSS_PARAMETERS, 'f64');
  const row = f.local('i32');
  const difference = f.local('f32');
  const wide = f.local('f64');
  const loss = f.local('f64');
  f.bodyReturning(
    [
      toBytes(p),
      repeatIfAny(row, p.rows, [
        difference.set(f32.sub(f32.load(p.z), f32.load(targetOf(p)))),
        wide.set(f64.fromF32(difference)),
        loss.set(f64.add(loss, f64.mul(f64.of(0.5), f64.mul(wide, wide)))),
        storeFirstLane(p, f32x4.splat(f32.fromF64(f64.mul(wide, p.scale)))),
        advance(p.z, 16),
        advance(p.d, 16),
        advance(p.index, 4),
      ]),
      clearPaddedRows(f, p, p.d, 4),
    ],
    loss,
  );
}

function storeFirstLane(p: Parameters, value: Expr<'v128'>): Statement {
  return v128.store(p.d, v128.and(value, i32x4.of(-1, 0, 0, 0)));
}
