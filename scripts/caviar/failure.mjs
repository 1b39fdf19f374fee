/** Something that the reader must see to: what failed, why, and what to try. No stack: the code is not at fault. */
export class Failure extends Error {
  /**
   * @param {string} what
   * @param {string} reason
   * @param {string} advice
   */
  constructor(what, reason, advice) {
    super(`${what} failed: ${reason}\nTry: ${advice}`);
  }
}
