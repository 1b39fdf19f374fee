import type { Theme } from '../app/theme.js';

/** Colours of what is drawn on a canvas, where style sheets do not reach. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  /** Kept apart by people with any kind of colour blindness (after Okabe and Ito). */
  readonly series: readonly string[];
  readonly status: Readonly<Record<string, string>>;
  /** From the best value to the worst (viridis, whose lightness falls evenly; its pale end is left out on white). */
  readonly scale: readonly string[];
}

const LIGHT: Palette = {
  text: '#171b22',
  muted: '#596273',
  line: '#e2e6ec',
  surface: '#ffffff',
  accent: '#2456d1',
  series: [
    '#2456d1',
    '#c8501e',
    '#00745a',
    '#8a3f9e',
    '#a87400',
    '#1f83b4',
    '#b3366f',
    '#5b6472',
    '#171b22',
    '#5c9312',
  ],
  status: {
    completed: '#00745a',
    running: '#2456d1',
    queued: '#6b7688',
    paused: '#6b7688',
    pruned: '#a87400',
    infeasible: '#8a3f9e',
    failed: '#b3361e',
    cancelled: '#6b7688',
  },
  scale: ['#440154', '#414487', '#2a788e', '#22a884', '#7ad151', '#c9d94a'],
};

const DARK: Palette = {
  text: '#e7eaf0',
  muted: '#9ba5b6',
  line: '#282e39',
  surface: '#161a21',
  accent: '#86a9ff',
  series: [
    '#86a9ff',
    '#ff9073',
    '#3fc79e',
    '#d49be6',
    '#e3b341',
    '#67c7ee',
    '#f08cb6',
    '#b3bccb',
    '#ffffff',
    '#a8d65c',
  ],
  status: {
    completed: '#3fc79e',
    running: '#86a9ff',
    queued: '#98a2b3',
    paused: '#98a2b3',
    pruned: '#e3b341',
    infeasible: '#d49be6',
    failed: '#ff9073',
    cancelled: '#98a2b3',
  },
  scale: ['#fde725', '#7ad151', '#22a884', '#2a788e', '#46659b', '#5c4a8c'],
};

export function paletteOf(theme: Theme): Palette {
  return theme === 'dark' ? DARK : LIGHT;
}
