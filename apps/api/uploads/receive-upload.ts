import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { forbiddenContent, jsonPointer, parseInput } from '@caviar/contracts';
import { FILE_FIELDS, type FileField, IngestError, type UploadedFile } from '@caviar/datasets';
import type { DataAllowance } from '@caviar/orchestrator';
import { type DatasetMeta, datasetMetaSchema } from '@caviar/spec';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { HttpProblem } from '../http/http-problem.js';
import { parseJson } from '../http/parse-json.js';
import { invalid } from '../http/to-http-problem.js';
import { makeUploadFolder } from './upload-folder.js';

export interface UploadLimits {
  /** Bytes of all files together, as they are sent. */
  readonly uploadBytes: number;
  /** Time without a byte after which an upload is given up. */
  readonly silenceMs: number;
}

/** An upload on the disk. */
export interface Upload {
  readonly meta: DatasetMeta;
  readonly files: readonly UploadedFile[];
  /** A folder of its own, with the files. */
  readonly folder: string;
  remove(): Promise<void>;
}

type Limits = UploadLimits & { readonly allowance: DataAllowance };

const META_BYTES = 1024 * 1024;
const MAX_FILES = 5;
const PARTS = `there are meta, ${FILE_FIELDS.join(', ')}`;

/**
 * Reads the parts of a multipart body: `meta` first, so that what is wrong with it is said before the files come; the files go
 * straight to the disk. Throws HttpProblem, and then nothing is left behind.
 */
export async function receiveUpload(request: IncomingMessage, limits: Limits): Promise<Upload> {
  const folder = await makeUploadFolder();
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const parts = await readParts(request, folder, limits);
    return { ...parts, folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What a caller did wrong, as a problem; other errors as they are. */
export function asProblem(error: unknown): unknown {
  if (!(error instanceof IngestError)) return error;
  const pointer = jsonPointer(error.path);
  if (error.isTooLarge) return new HttpProblem('payload-too-large', `${pointer}: ${error.message}.`);
  return invalid('invalid-dataset', [{ pointer, message: error.message }]);
}

function readParts(request: IncomingMessage, folder: string, limits: Limits): Promise<Pick<Upload, 'meta' | 'files'>> {
  return new Promise((resolve, reject) => {
    const form = openForm(request);
    const files: UploadedFile[] = [];
    const writing: Promise<void>[] = [];
    const count = createCounter(limits);
    // A file that stops in the middle would be waited for: neither the form nor the request ends it.
    const givenUp = new AbortController();
    let meta: DatasetMeta | undefined;
    let isOver = false;

    const fail = (error: unknown): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(silence);
      request.unpipe(form);
      // The rest is read and thrown away, so that the answer is not lost with the connection.
      request.resume();
      form.destroy();
      givenUp.abort();
      void Promise.allSettled(writing).then(() => reject(error));
    };
    const stopped = () => fail(new HttpProblem('request-timeout', 'The upload stopped coming in.'));
    const silence = setTimeout(stopped, limits.silenceMs);
    const guarded = (work: () => void) => {
      try {
        work();
      } catch (error) {
        fail(error);
      }
    };

    form.on('file', (field, stream) => {
      // A stream that is given up with the form must not bring the process down.
      stream.on('error', () => {});
      guarded(() => {
        if (meta === undefined) throw refused('meta', 'must be the first part: the files come after it');
        if (!isFileField(field)) throw refused(field, `is no part of an upload; ${PARTS}`);
        const path = join(folder, `${files.length}-${field}`);
        files.push({ field, path });
        const written = pipeline(stream as BusboyFileStream, count, createWriteStream(path), {
          signal: givenUp.signal,
        });
        written.catch(fail);
        writing.push(written);
      });
    });
    form.on('field', (name, value, _isNameTruncated, isTruncated) =>
      guarded(() => {
        if (name !== 'meta') throw refused(name, `is no part of an upload; ${PARTS}`);
        if (meta !== undefined) throw refused('meta', 'is there twice');
        if (isTruncated) throw refused('meta', `is longer than ${META_BYTES} bytes`);
        meta = readMeta(value);
      }),
    );
    form.on('filesLimit', () => fail(refused('file', `there are more than ${MAX_FILES} files`)));
    form.on('error', () => fail(new HttpProblem('bad-request', 'The form ends too early, or is not well-formed.')));
    form.on('finish', () => {
      Promise.all(writing).then(() => {
        if (isOver) return;
        if (meta === undefined) return fail(refused('meta', 'is missing'));
        isOver = true;
        clearTimeout(silence);
        resolve({ meta, files });
      }, fail);
    });
    request.on('data', () => silence.refresh());
    // Also when the caller was gone before this began: no event would tell.
    finished(request, { writable: false }, (error) => {
      if (error) fail(new HttpProblem('bad-request', 'The upload ended too early.'));
    });
    request.pipe(form);
  });
}

function openForm({ headers }: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({
      headers: headers as { 'content-type': string },
      limits: { fieldSize: META_BYTES, fields: 10, files: MAX_FILES, headerPairs: 100 },
    });
  } catch {
    throw new HttpProblem('bad-request', 'The Content-Type names no boundary between the parts.');
  }
}

/** Passes bytes on until there are more than an upload, or the project, may have. */
function createCounter({ uploadBytes, allowance }: Limits) {
  let total = 0;
  return async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      total += chunk.length;
      if (total > uploadBytes) {
        throw new HttpProblem('payload-too-large', `The files come to more than ${uploadBytes} bytes.`);
      }
      allowance.take(chunk.length);
      yield chunk;
    }
  };
}

function isFileField(field: string): field is FileField {
  return (FILE_FIELDS as readonly string[]).includes(field);
}

function readMeta(text: string): DatasetMeta {
  // The form was read as UTF-8; what is none stands there as this, which nobody writes.
  if (text.includes('\uFFFD')) throw new HttpProblem('malformed-json', 'The part meta is not in UTF-8, as JSON is.');
  const given = parseJson(text);
  const parsed = parseInput(datasetMetaSchema, given);
  const forbidden = forbiddenContent(given);
  if (parsed.ok && forbidden.length === 0) return parsed.value;
  const errors = forbidden.length > 0 || parsed.ok ? forbidden : parsed.errors;
  throw invalid(
    'invalid-dataset',
    errors.map(({ pointer, message }) => ({ pointer: `/meta${pointer}`, message })),
  );
}

function refused(part: string, message: string): HttpProblem {
  return invalid('invalid-dataset', [{ pointer: jsonPointer([part]), message }]);
}
