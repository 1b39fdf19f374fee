import { expect, it } from 'vitest';
import { failedResumes, resumeCases } from './fixtures/resumes.js';

it('goes on from any checkpoint to the same bits, in every combination of what has a state', () => {
  const cases = resumeCases();
  expect(cases).toHaveLength(320);
  for (const [i, params] of cases.entries()) expect(failedResumes(params, i), JSON.stringify(params)).toBe(0);
});
