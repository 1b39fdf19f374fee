import type { DatasetInfo } from '@caviar/spec';

/** A data set that ships with the package: what is known of it, and the file it lies in. */
export interface BuiltIn {
  readonly info: DatasetInfo;
  readonly files: BuiltInFiles;
}

/** Gzipped files in the package's folder `data/`: a CSV table with the target in its last column, or two IDX arrays. */
export type BuiltInFiles =
  | { readonly kind: 'csv'; readonly table: string }
  | { readonly kind: 'idx'; readonly features: string; readonly labels: string };

const CC_BY_4 = 'CC BY 4.0';

export const BUILT_IN: readonly BuiltIn[] = [
  {
    files: { kind: 'csv', table: 'digits.csv.gz' },
    info: {
      id: 'digits',
      name: 'Handwritten digits',
      description: 'Pictures of 8 x 8 pixels (0 to 16) of the digits 0 to 9, written by 13 people.',
      task: 'classification',
      rows: 1797,
      features: 64,
      classes: 10,
      classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      image: { height: 8, width: 8 },
      checksum: 'sha256:a4788657f0a925ebd3032a9e3bde92b4602ea81ea7f76b2dfb65da762727c661',
      source:
        'E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998',
      licence: CC_BY_4,
      builtIn: true,
    },
  },
  {
    files: { kind: 'csv', table: 'breast-cancer-wisconsin.csv.gz' },
    info: {
      id: 'breast-cancer-wisconsin',
      name: 'Breast cancer Wisconsin (diagnostic)',
      description: 'Thirty measurements of cell nuclei; is the tumour benign or malignant?',
      task: 'classification',
      rows: 569,
      features: 30,
      classes: 2,
      classNames: ['benign', 'malignant'],
      image: null,
      checksum: 'sha256:05603cbaacd59ecea2c2a5f6ac00cba2babd20d8c4bf3a60f6d28011acf37a53',
      source: 'W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic), UCI, 1995',
      licence: CC_BY_4,
      builtIn: true,
    },
  },
  {
    files: { kind: 'idx', features: 'fashion-mnist-images.idx3.gz', labels: 'fashion-mnist-labels.idx1.gz' },
    info: {
      id: 'fashion-mnist',
      name: 'Fashion-MNIST, 10,000 pictures',
      description: "Pictures of 28 x 28 grey pixels of ten kinds of clothes; the 10,000 of the publisher's test part.",
      task: 'classification',
      rows: 10_000,
      features: 784,
      classes: 10,
      classNames: [
        'T-shirt/top',
        'Trouser',
        'Pullover',
        'Dress',
        'Coat',
        'Sandal',
        'Shirt',
        'Sneaker',
        'Bag',
        'Ankle boot',
      ],
      image: { height: 28, width: 28 },
      checksum: 'sha256:1ec6c3989e6b60b78d8bde4d00981c679955a19f3f888a648c648cea3c3d4351',
      source: 'H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, Zalando Research, 2017',
      licence: 'MIT',
      builtIn: true,
    },
  },
];
