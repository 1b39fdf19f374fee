import type { Domain } from '@caviar/spec';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { describe, expect, test } from 'vitest';
import { surface } from '../pages/search/charts/surface.js';
import { toCsv } from './download.js';
import { parameterAxis } from './option.js';
import type { Palette } from './palette.js';
import { spaceAxis } from './space-axis.js';

use([GridComponent, SVGRenderer]);

/** The words of an axis across, as ECharts draws them. */
function wordsOf(domain: Domain): readonly string[] {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 600, height: 200 });
  const palette = { muted: '#000', line: '#000' } as Palette;
  chart.setOption({ xAxis: parameterAxis(palette, spaceAxis('c', domain)), yAxis: { show: false }, series: [] });
  const words = [...chart.renderToSVGString().matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, word = '']) => word);
  chart.dispose();
  return words.filter((word) => word !== 'c');
}

describe('CSV', () => {
  test('quotes what needs it, and disarms formulas but not numbers', () => {
    expect(
      toCsv([
        ['name', 'value'],
        ['a "b", c', -1.5],
        ['=SUM(A1)', null],
        ['@x', [1, 2]],
      ]),
    ).toBe('name,value\r\n"a ""b"", c",-1.5\r\n\'=SUM(A1),\r\n\'@x,"[1,2]"\r\n');
  });
});

describe('axes of a space', () => {
  test('name every choice where there are few, and some where there are many', () => {
    expect(wordsOf({ kind: 'categorical', choices: ['gd', 'adam', [64, 32]] })).toEqual(['gd', 'adam', '64, 32']);
    expect(wordsOf({ kind: 'categorical', choices: ['only'] })).toEqual(['only']);
    const many = wordsOf({ kind: 'categorical', choices: Array.from({ length: 100 }, (_, i) => `c${i}`) });
    expect(many).toEqual(['c0', 'c9', 'c18', 'c27', 'c36', 'c45', 'c54', 'c63', 'c72', 'c81', 'c90', 'c99']);
  });

  test('tell choices apart that look alike in short', () => {
    const axis = spaceAxis('c', { kind: 'categorical', choices: [1000.1, 1000.2, '1000.1', true, 'true'] });
    expect([1000.2, '1000.1', true, 'true'].map(axis.place)).toEqual([1, 2, 3, 4]);
    expect(axis.choices).toEqual(['1000.1', '1000.2', '"1000.1"', 'true', '"true"']);
  });

  test('are even on the scale of the parameter', () => {
    const log = spaceAxis('rate', { kind: 'float', min: 1e-4, max: 1, scale: 'log' });
    expect([log.min, log.max, log.place(0.01), log.label(-3)]).toEqual([-4, 0, -2, '0.001']);
    const beta = spaceAxis('beta', { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' });
    expect(beta.place(0.99)).toBeCloseTo(2, 12);
    expect(beta.label(2)).toBe('0.99');
  });

  test('have no place for what a trial does not have, or cannot be drawn', () => {
    const log = spaceAxis('rate', { kind: 'float', min: 1e-4, max: 1, scale: 'log' });
    expect([log.place(null), log.place(undefined), log.place(0), log.place('x')]).toEqual([null, null, null, null]);
    const kinds = spaceAxis('kind', { kind: 'categorical', choices: ['gd', 'adam', ['a', 'b']] });
    expect([kinds.place('adam'), kinds.place(['a', 'b']), kinds.place('sgd'), kinds.place(null)]).toEqual([
      1,
      2,
      null,
      null,
    ]);
  });
});

describe('the surface between trials', () => {
  const range = { min: 0, max: 1 };
  const trials = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => ({ x, y, value: x })));

  test('lies within the values around it, and rises with them', () => {
    const cells = surface(trials, { x: range, y: range, cells: 10 });
    for (const { value } of cells) {
      expect(value).toBeGreaterThanOrEqual(0.1);
      expect(value).toBeLessThanOrEqual(0.9);
    }
    const left = cells.filter(({ at }) => at < 0.2).map(({ value }) => value);
    const right = cells.filter(({ at }) => at >= 0.8).map(({ value }) => value);
    expect(Math.max(...left)).toBeLessThan(Math.min(...right));
  });

  test('is not where no trial is near', () => {
    const corner = trials.map((trial) => ({ ...trial, x: trial.x / 10, y: trial.y / 10 }));
    const cells = surface(corner, { x: range, y: range, cells: 10 });
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.every(({ at, up }) => at < 0.8 && up < 0.8)).toBe(true);
  });
});
