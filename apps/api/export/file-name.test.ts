import { expect, test } from 'vitest';
import { exportFileName } from './file-name.js';

test.each([
  ['fashion mlp', 'fashion-mlp_srch_1.csv'],
  ['  Größe: "groß"; ../../etc/passwd\r\nX: y', 'gro-e-gro-etc-passwd-x-y_srch_1.csv'],
  ['日本語', 'search_srch_1.csv'],
  ['x'.repeat(200), `${'x'.repeat(50)}_srch_1.csv`],
])('a search called %j', (name, file) => {
  expect(exportFileName({ id: 'srch_1', name }, 'csv')).toBe(file);
});
