import { addToFronts, byCrowding, type FrontMember, type Fronts } from '../fronts.js';
import { type AnyRung, placesOf, type RungKeeper } from './rung-keeper.js';

interface RungMember extends FrontMember {
  waits: boolean;
}

/**
 * The trials that came to one step, by fronts: those that keep the constraints first, then by domination, in a front the
 * loneliest first. A trial's place may change as others come; whoever has gone on has gone on.
 */
export interface FrontRung extends AnyRung {
  readonly fronts: Fronts<RungMember>;
}

/** Rungs by several objectives, or with constraints. */
export const frontRungs: RungKeeper<FrontRung> = {
  create: (step) => ({ step, trials: 0, promoted: 0, fronts: [] }),
  enter: (rung, _, { number, standing, waits }) => {
    rung.trials++;
    if (standing !== null) addToFronts(rung.fronts, { ...standing, number, waits });
  },
  promote: (rung, eta) => {
    let places = placesOf(rung, eta);
    for (const [index, front] of rung.fronts.entries()) {
      if (places <= 0) return null;
      const isSplit = front.length > places;
      if (isSplit || front.some(({ waits }) => waits)) {
        const next = byCrowding(front)
          .slice(0, places)
          .find(({ waits }) => waits);
        if (next !== undefined) return { number: goOn(rung, next), front: index + 1 };
      }
      places -= front.length;
    }
    return null;
  },
  takeBest: (rung) => {
    for (const front of rung.fronts) {
      const next = byCrowding(front).find(({ waits }) => waits);
      if (next !== undefined) return goOn(rung, next);
    }
    return null;
  },
  isAnyWaiting: ({ fronts }) => fronts.some((front) => front.some(({ waits }) => waits)),
  clear: (rung) => {
    let before = 0;
    return rung.fronts.flatMap((front, index) => {
      const waiting = byCrowding(front).flatMap((member, i) => {
        if (!member.waits) return [];
        member.waits = false;
        return [{ number: member.number, place: before + i + 1, front: index + 1 }];
      });
      before += front.length;
      return waiting;
    });
  },
  // There is no one number that parts those who may go on from the others.
  cut: () => null,
};

function goOn(rung: FrontRung, member: RungMember): number {
  member.waits = false;
  rung.promoted++;
  return member.number;
}
