import type { DatasetView, InvalidField, SearchPreviewView, TrainerView } from '@caviar/contracts';
import type { Draft } from './draft.js';

/** A spec that is being written, and what the service says of it. */
export interface FormProps {
  readonly draft: Draft;
  readonly errors: readonly InvalidField[];
  readonly preview: SearchPreviewView | null;
  readonly trainers: readonly TrainerView[];
  readonly datasets: readonly DatasetView[];
  readonly onChange: (draft: Draft) => void;
}
