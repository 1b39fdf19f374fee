import { isStandIn, numberOf, withPoint } from './records.js';

/** 1,234 may be a thousand or one and a bit; 0,234 may not. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/** How a column spells its values. */
export class Spelling {
  isEmpty = true;
  #areNumbers = true;
  #areCommaNumbers = true;
  #mayBeThousands = true;
  /** Whether there is a value that does not stand for a missing one. */
  #hasOther = false;
  #standIn: string | null = null;

  see(cell: string | number): void {
    this.isEmpty = false;
    if (!this.#areNumbers && !this.#areCommaNumbers) return;
    if (isStandIn(cell)) {
      this.#standIn ??= String(cell);
      return;
    }
    this.#hasOther = true;
    const text = String(cell);
    if (numberOf(cell) === null) {
      this.#areNumbers = false;
      if (!THOUSANDS.test(text)) this.#mayBeThousands = false;
    }
    if (withPoint(text) === null) this.#areCommaNumbers = false;
  }

  get isNumeric(): boolean {
    return this.#areNumbers && this.#hasOther;
  }

  /** Decimal commas, where points would make no numbers. */
  get hasCommas(): boolean {
    return !this.#areNumbers && this.#areCommaNumbers && this.#hasOther;
  }

  get mayBeThousands(): boolean {
    return this.#mayBeThousands;
  }

  /** The text that stands for a missing number, where all others are numbers. */
  get standIn(): string | null {
    return this.isNumeric || this.hasCommas ? this.#standIn : null;
  }
}
