import { ProblemError } from '@caviar/client';
import {
  type InvalidField,
  OPERATIONS,
  parseInput,
  type SearchPreviewView,
  type SearchSpecBody,
} from '@caviar/contracts';
import { useEffect, useMemo, useState } from 'react';
import { z } from 'zod';
import { CONNECTED, useTick } from '../../data/live.js';
import { api } from '../../data/session.js';
import { messageOf } from '../../ui/states.js';
import type { Draft } from './draft.js';
import { useKeptText } from './kept-text.js';

// The policy of the page forbids code made at run time; schemas do without.
z.config({ jitless: true });

export interface SpecState {
  readonly text: string;
  /** What the text says; null while it is no JSON object. */
  readonly draft: Draft | null;
  readonly errors: readonly InvalidField[];
  readonly preview: SearchPreviewView | null;
  /** The spec that may be posted; null while something is wrong. */
  readonly spec: SearchSpecBody | null;
  readonly isChecking: boolean;
  setText(text: string): void;
  setDraft(draft: Draft): void;
}

const QUIET_MS = 250;

/** Checks as one types: the shape here, by the very schema of the service; what fits together by its preview, which also draws. */
export function useSpec(initial: string): SpecState {
  const [text, setText] = useKeptText(initial);
  const connected = useTick(CONNECTED);
  const { draft, errors: shape } = useMemo(() => read(text), [text]);
  const [answer, setAnswer] = useState<{
    readonly text: string;
    readonly preview: SearchPreviewView | null;
    readonly errors: readonly InvalidField[];
  } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a service that was away is asked again when it is back
  useEffect(() => {
    if (draft === null || shape.length > 0) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api()
        .previewSearch(draft as never, { signal: stop.signal })
        .then(
          (preview) => setAnswer({ text, preview, errors: [] }),
          (error: unknown) => {
            if (!stop.signal.aborted) setAnswer({ text, preview: null, errors: errorsOf(error) });
          },
        );
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, draft, shape, connected]);
  const isCurrent = answer?.text === text;
  const errors = shape.length > 0 ? shape : isCurrent ? answer.errors : [];
  return {
    text,
    draft,
    errors,
    // The last picture stays while the next is drawn.
    preview: answer?.preview ?? null,
    spec: isCurrent && errors.length === 0 ? (draft as never) : null,
    isChecking: shape.length === 0 && !isCurrent,
    setText,
    setDraft: (next) => setText(JSON.stringify(next, null, 2)),
  };
}

function read(text: string): { readonly draft: Draft | null; readonly errors: readonly InvalidField[] } {
  let draft: unknown;
  try {
    draft = JSON.parse(text);
  } catch (error) {
    return { draft: null, errors: [{ pointer: '', message: `is no JSON: ${messageOf(error)}` }] };
  }
  if (typeof draft !== 'object' || draft === null || Array.isArray(draft)) {
    return { draft: null, errors: [{ pointer: '', message: 'must be a JSON object' }] };
  }
  const parsed = parseInput(OPERATIONS.createSearch.body, draft);
  return { draft: draft as Draft, errors: parsed.ok ? [] : parsed.errors };
}

function errorsOf(error: unknown): readonly InvalidField[] {
  if (error instanceof ProblemError && error.errors.length > 0) return error.errors;
  return [{ pointer: '', message: messageOf(error) }];
}
