/** Errors of rounding this large beside the deviation are worth a warning, and hide what a target tells. */
const WORTH_A_WARNING = 0.01;
const TOO_MUCH = 0.1;

/** How much of a column of numbers is lost in 32 bits: 1,700,000,001 and 1,700,000,002 are the same there. */
export class Rounding {
  #first = 0;
  #count = 0;
  /** Of the differences from the first value, which keep their digits. */
  #sum = 0;
  #squares = 0;
  #errors = 0;

  see(value: number): void {
    if (this.#count === 0) this.#first = value;
    const [difference, error] = [value - this.#first, value - Math.fround(value)];
    this.#count++;
    this.#sum += difference;
    this.#squares += difference * difference;
    this.#errors += error * error;
  }

  /** For a feature; null for one that lost nothing to speak of. */
  get warning(): string | null {
    if (!this.#isWorse(WORTH_A_WARNING)) return null;
    return `differs by less than 32-bit numbers can tell: subtract ${this.#first} or the like, or give it the role ignore`;
  }

  /** For the target of a regression. */
  get problemOfTarget(): string | null {
    if (this.#squares === 0) return `is ${this.#first} in every row: there is nothing to learn`;
    if (!this.#isWorse(TOO_MUCH)) return null;
    return `differs by less than 32-bit numbers can tell: subtract ${this.#first} or the like`;
  }

  #isWorse(share: number): boolean {
    const mean = this.#sum / this.#count;
    const variance = this.#squares / this.#count - mean * mean;
    return variance > 0 && this.#errors / this.#count > share * share * variance;
  }
}
