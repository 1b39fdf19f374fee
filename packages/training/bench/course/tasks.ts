import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type DatasetLabel, datasetFromArrays, datasetFromCsv, loadDataset, parseIdx } from '@caviar/datasets';
import type { Dataset } from '@caviar/spec';

/** One of the four results that the training package is held to: a search of 25 trials, and what its winner must reach. */
export interface CourseTask {
  /** Also the name of its spec in `docs/examples/course`. */
  readonly name: string;
  readonly description: string;
  /** Greatest test error; for regression the greatest root mean squared error. */
  readonly limit: number;
  /** Reads the data from the folder of published files: what is searched on, and the official test part where there is one. */
  readonly load: (folder: URL) => Promise<CourseData>;
}

export interface CourseData {
  readonly dataset: Dataset;
  /** Null when the split sets test rows aside. */
  readonly testSet: Dataset | null;
}

const FASHION_ROWS = 10_000;

export const COURSE_TASKS: readonly CourseTask[] = [
  {
    name: 'digits',
    description: 'digits, 1,797 pictures of 8 x 8, split 60/20/20',
    limit: 0.03,
    load: async () => ({ dataset: await loadDataset('digits'), testSet: null }),
  },
  {
    name: 'fashion-mnist',
    description: "Fashion-MNIST, the first 10,000 training pictures; the publisher's test part of 10,000",
    limit: 0.145,
    load: async (folder) => ({
      dataset: fashion(folder, { part: 'train', rows: FASHION_ROWS }),
      testSet: fashion(folder, { part: 't10k', rows: 10_000 }),
    }),
  },
  {
    name: 'adult',
    description: "adult, 32,561 people, 6 numbers and 102 categories; the publisher's test part of 16,281",
    limit: 0.148,
    load: async (folder) => adult(folder),
  },
  {
    name: 'wine-quality',
    description: 'wine quality, 6,497 red and white wines, 11 numbers and the colour, split 80/10/10',
    limit: 0.68,
    load: async (folder) => ({ dataset: wine(folder), testSet: null }),
  },
];

function label(id: string, task: DatasetLabel['task'], classNames?: readonly string[]): DatasetLabel {
  return {
    id,
    name: id,
    description: '',
    task,
    checksum: `sha256:${id}`,
    source: '',
    licence: '',
    builtIn: false,
    classNames,
  };
}

function read(folder: URL, name: string): Buffer {
  const bytes = readFileSync(new URL(name, folder));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function fashion(folder: URL, { part, rows }: { readonly part: string; readonly rows: number }): Dataset {
  const images = parseIdx(read(folder, `fashion-mnist/${part}-images-idx3-ubyte.gz`));
  const labels = parseIdx(read(folder, `fashion-mnist/${part}-labels-idx1-ubyte.gz`));
  const [, height = 0, width = 0] = images.shape;
  return datasetFromArrays(
    { shape: [rows, height, width], values: Float32Array.from(images.values).subarray(0, rows * height * width) },
    { shape: [rows], values: Int32Array.from(labels.values).subarray(0, rows) },
    label(
      'fashion-mnist',
      'classification',
      Array.from({ length: 10 }, (_, c) => String(c)),
    ),
  );
}

/** Both parts are read as one table, so that they have the same columns of categories. */
function adult(folder: URL): CourseData {
  const [train, test] = ['train', 'test'].map((part) => read(folder, `adult/adult-${part}.csv.gz`).toString('utf8'));
  const [header, ...trainRows] = train!.trimEnd().split('\n');
  const testRows = test!.trimEnd().split('\n').slice(1);
  const all = datasetFromCsv([header, ...trainRows, ...testRows].join('\n'), label('adult', 'classification'));
  return {
    dataset: rowsOf(all, 0, trainRows.length),
    testSet: rowsOf(all, trainRows.length, trainRows.length + testRows.length),
  };
}

function rowsOf({ info, features, targets }: Dataset, from: number, to: number): Dataset {
  return {
    info: { ...info, rows: to - from },
    features: features.slice(from * info.features, to * info.features),
    targets: targets.slice(from, to),
  };
}

/** Both colours in one table, the colour as one more column. */
function wine(folder: URL): Dataset {
  const [red, white] = ['red', 'white'].map((colour) => {
    const lines = read(folder, `wine-quality/winequality-${colour}.csv`).toString('utf8').trimEnd().split(/\r?\n/);
    return lines.map((line, i) => `${i === 0 ? '"white"' : colour === 'white' ? 1 : 0};${line}`);
  });
  return datasetFromCsv([...red!, ...white!.slice(1)].join('\n'), label('wine-quality', 'regression'), {
    delimiter: ';',
  });
}
