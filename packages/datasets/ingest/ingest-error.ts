/** A file or what was said of it makes no data set. `path` leads to the part of the upload that is wrong. */
export class IngestError extends Error {
  override readonly name = 'IngestError';

  constructor(
    readonly path: readonly (string | number)[],
    message: string,
    /** The upload, or what it unpacks to, is too large. */
    readonly isTooLarge = false,
  ) {
    super(message);
  }
}
