import type { SearchEventView } from '@caviar/contracts';
import { harmless } from '@caviar/terminal';
import { numberText, paramText, timeText } from './format.js';

/** An event in one line. */
export function eventText(event: SearchEventView): string {
  return `${timeText(event.at).slice(11, 19)}${event.at.slice(19, 23)}  ${harmless(whatOf(event))}`;
}

function whatOf(event: SearchEventView): string {
  const because = (reason: string | null) => (reason === null ? '' : `: ${reason}`);
  switch (event.kind) {
    case 'trial': {
      const value = event.value === null ? '' : `, value ${numberText(event.value)}`;
      const again = event.status === 'running' && event.attempt > 1 ? `, attempt ${event.attempt}` : '';
      return `trial ${event.number}  ${event.status}${again}${value}${because(event.reason)}`;
    }
    case 'measurement': {
      const metrics = Object.entries(event.metrics).map(([name, value]) => `${name} ${numberText(value)}`);
      return `trial ${event.number}  step ${event.step}  ${metrics.join(', ')}`;
    }
    case 'search':
      return event.from === event.status
        ? `search  changed${because(event.reason)}`
        : `search  ${event.status}${because(event.reason)}`;
    case 'round':
      return `round ${event.index + 1}  trials ${event.firstNumber} to ${event.endNumber - 1}: ${event.reason}`;
    case 'edit': {
      const params = Object.entries(event.params).map(([name, value]) => `${name} ${paramText(value)}`);
      const at = event.step === null ? '' : ` after step ${event.step}`;
      return `trial ${event.number}  edit ${event.edit} ${event.state}${at}: ${params.join(', ')}, by ${event.by}${because(event.reason)}`;
    }
    case 'rewind':
      return `trial ${event.number}  rewound to step ${event.step}, by ${event.by}`;
    case 'fork':
      return `trial ${event.number}  forked into ${event.forkId}, by ${event.by}`;
    // A service of a later release may tell of more.
    default:
      return (event as { readonly kind: string }).kind;
  }
}
