import type { SearchEventView, TrialHistoryView } from '@caviar/contracts';
import type { SearchEvent, Transition } from '@caviar/orchestrator';

export function presentEvent(searchId: string, event: SearchEvent): SearchEventView {
  const fields = { searchId, at: event.at.toISOString() };
  switch (event.kind) {
    case 'trial': {
      const { kind, trialId, number, value } = event;
      return { kind, ...fields, trialId, number, ...presentTransition(event), value };
    }
    case 'measurement': {
      const { kind, trialId, number, measurement } = event;
      const { step, metrics, elapsedMs } = measurement;
      return { kind, ...fields, trialId, number, step, metrics, elapsedMs };
    }
    case 'search': {
      const { kind, from, status, reason } = event;
      return { kind, ...fields, from, status, reason };
    }
    case 'round': {
      const { index, firstNumber, endNumber, reason } = event.round;
      return { kind: event.kind, ...fields, index, firstNumber, endNumber, reason };
    }
    case 'edit': {
      const { kind, trialId, number, edit, state, step, params, by, reason } = event;
      return { kind, ...fields, trialId, number, edit, state, step, params: { ...params }, by, reason };
    }
    case 'rewind': {
      const { kind, trialId, number, edit, step, by } = event;
      return { kind, ...fields, trialId, number, edit, step, by };
    }
    case 'fork': {
      const { kind, trialId, number, forkId, by } = event;
      return { kind, ...fields, trialId, number, forkId, by };
    }
  }
}

export function presentHistory(transitions: readonly Transition[]): TrialHistoryView {
  return { items: transitions.map((line) => ({ at: line.at.toISOString(), ...presentTransition(line) })) };
}

function presentTransition({ attempt, from, status, reason, workerId }: Transition) {
  return { attempt, from, status, reason, workerId };
}
