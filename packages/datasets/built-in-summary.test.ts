import { expect, test } from 'vitest';
import { builtInSummary, summarizeBuiltIn } from './built-in-summary.js';
import { listDatasets, loadDataset } from './catalog.js';

test.each(listDatasets().map(({ id }) => id))('the summary of %s is that of its rows', async (id) => {
  const summary = await builtInSummary(id);
  // written by scripts/built-in-summaries.mjs
  expect(summary).toEqual(JSON.parse(JSON.stringify(summarizeBuiltIn(await loadDataset(id)))));
  expect(summary.columns.length).toBeGreaterThan(20);
  expect(summary.target.values?.length).toBeGreaterThan(1);
});

test('there is none of another id', async () => {
  await expect(builtInSummary('toString')).rejects.toMatchObject({ name: 'DatasetNotFoundError' });
});
