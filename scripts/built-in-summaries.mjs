// Writes the summaries of the built-in data sets, which tests hold to their rows: npm run build && node scripts/built-in-summaries.mjs
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { listDatasets, loadDataset, summarizeBuiltIn } from '../packages/datasets/dist/index.js';

const summaries = {};
for (const { id } of listDatasets()) summaries[id] = summarizeBuiltIn(await loadDataset(id));
const path = fileURLToPath(new URL('../packages/datasets/data/summaries.json.gz', import.meta.url));
writeFileSync(path, gzipSync(JSON.stringify(summaries), { level: 9 }));
