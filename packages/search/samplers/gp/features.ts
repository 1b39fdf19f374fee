import type { Params } from '@caviar/spec';
import { assemble, type CompiledSpace, isActive } from '../../space/compile-space.js';
import type { UnitDomain } from '../../space/domain.js';

/** A parameter with more than one value, as the process sees it. */
export interface Dimension {
  /** Index into `CompiledSpace.parameters`. */
  readonly parameter: number;
  readonly unit: UnitDomain;
  /** A range lies on an axis; of choices it only matters whether they are the same. */
  readonly kind: 'range' | 'choices';
  readonly conditional: boolean;
  /** Its first feature. */
  readonly feature: number;
}

/**
 * How params become the vectors that the kernel compares.
 *
 * | symbol   | meaning                                                                               | shape |
 * | -------- | ------------------------------------------------------------------------------------- | ----- |
 * | position | where params lie in the unit cube, one coordinate per dimension, inactive ones too    | [D]   |
 * | features | what the kernel sees: axes of the ranges, then the numbers of the choices, -1 for none | [F]   |
 *
 * Positions of stepped ranges are moved to the middle of their cell, so the kernel sees the values that are tried
 * (Garrido-Merchán and Hernández-Lobato, Neurocomputing 380, 2020). A range that may be inactive has two axes: (u, 1/2)
 * where it is active, (1/2, 0) where it is not, so that an inactive one is like itself and at a distance from every active
 * one. Both share one length.
 */
export class FeatureSpace {
  readonly dimensions: readonly Dimension[];
  /** Number of axes; features from there on are choices. */
  readonly axes: number;
  /** The dimension that each feature belongs to, [F]. */
  readonly dimensionOf: Int32Array;
  readonly #space: CompiledSpace;

  constructor(space: CompiledSpace) {
    this.#space = space;
    // By `order`, which does not depend on the order of the keys.
    const several = space.order.filter((i) => space.parameters[i]!.unit.count > 1);
    const isRange = (i: number) => space.parameters[i]!.domain.kind !== 'categorical';
    const isConditional = (i: number) => space.parameters[i]!.conditions.length > 0;
    const dimensionOf: number[] = [];
    const dimensions: Dimension[] = several.map((parameter) => ({
      parameter,
      unit: space.parameters[parameter]!.unit,
      kind: isRange(parameter) ? 'range' : 'choices',
      conditional: isConditional(parameter),
      feature: 0,
    }));
    const place = (kind: Dimension['kind'], width: (dimension: Dimension) => number) => {
      dimensions.forEach((dimension, d) => {
        if (dimension.kind !== kind) return;
        dimensions[d] = { ...dimension, feature: dimensionOf.length };
        for (let k = 0; k < width(dimension); k++) dimensionOf.push(d);
      });
    };
    place('range', ({ conditional }) => (conditional ? 2 : 1));
    this.axes = dimensionOf.length;
    place('choices', () => 1);
    this.dimensions = dimensions;
    this.dimensionOf = Int32Array.from(dimensionOf);
  }

  /** Where params lie, [D]; null for what is not of the space. Inactive dimensions lie in the middle. */
  positionOf(params: Params): Float64Array | null {
    const { parameters } = this.#space;
    const values = parameters.map(({ name }) => (Object.hasOwn(params, name) ? params[name] : undefined));
    const fits = parameters.every((parameter, i) => {
      const value = values[i];
      return isActive(parameter, values) ? value !== undefined && parameter.unit.contains(value) : value === undefined;
    });
    if (!fits) return null;
    return Float64Array.from(this.dimensions, ({ parameter, unit }) => {
      const value = values[parameter];
      return value === undefined ? 0.5 : unit.toUnit(value);
    });
  }

  /** The params at a position. */
  paramsAt(position: ArrayLike<number>): Params {
    const coordinateOf = new Map(this.dimensions.map(({ parameter }, d) => [parameter, position[d]!]));
    return assemble(this.#space, (i) => this.#space.parameters[i]!.unit.fromUnit(coordinateOf.get(i) ?? 0.5));
  }

  /** Which dimensions are active at a position, [D] of 0 and 1. */
  activeAt(position: ArrayLike<number>): Uint8Array {
    const active = new Uint8Array(this.dimensions.length);
    if (!this.#space.conditional) return active.fill(1);
    const params = this.paramsAt(position);
    this.dimensions.forEach(({ parameter }, d) => {
      active[d] = Object.hasOwn(params, this.#space.parameters[parameter]!.name) ? 1 : 0;
    });
    return active;
  }

  /** A position with the coordinates of stepped ranges and choices moved to the middles of their cells, [D]. */
  snapped(position: ArrayLike<number>): Float64Array {
    return Float64Array.from(this.dimensions, ({ unit }, d) =>
      Number.isFinite(unit.count) ? unit.toUnit(unit.fromUnit(position[d]!)) : position[d]!,
    );
  }

  /** Features of a position as it stands, [F]; `active` is that of the position. */
  featuresOf(position: ArrayLike<number>, active: ArrayLike<number>): Float64Array {
    const features = new Float64Array(this.dimensionOf.length);
    this.dimensions.forEach(({ kind, feature, unit, conditional }, d) => {
      const isOn = active[d] === 1;
      if (kind === 'choices') {
        features[feature] = isOn ? Math.min(unit.count - 1, Math.floor(position[d]! * unit.count)) : -1;
        return;
      }
      features[feature] = isOn ? position[d]! : 0.5;
      if (conditional) features[feature + 1] = isOn ? 0.5 : 0;
    });
    return features;
  }
}
