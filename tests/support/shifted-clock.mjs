// Loaded by `node --import` into one process of a test: its clock is wrong by CLOCK_SHIFT_MS, as that of a host whose time nobody
// keeps. Timers and `performance` go on as they are: they do not depend on what time it is.
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const RealDate = Date;

globalThis.Date = /** @type {DateConstructor} */ (
  class extends RealDate {
    /** @param {any[]} given */
    constructor(...given) {
      if (given.length === 0) super(RealDate.now() + shiftMs);
      // @ts-expect-error as it was called
      else super(...given);
    }

    static now() {
      return RealDate.now() + shiftMs;
    }
  }
);
