/** What files begin with that people send as CSV, and what to send instead. */
const BEGINNINGS: readonly (readonly [bytes: string, name: string])[] = [
  ['504b0304', 'a ZIP archive (a spreadsheet, XLSX, is one too): send the CSV file itself; it may be gzipped'],
  ['d0cf11e0', 'a spreadsheet (XLS): save it as CSV'],
  ['1f8b', 'gzip data within gzip data: pack the file once'],
  ['425a68', 'bzip2 data: send the file itself; it may be gzipped'],
  ['fd377a58', 'XZ data: send the file itself; it may be gzipped'],
  ['28b52ffd', 'Zstandard data: send the file itself; it may be gzipped'],
  ['50415231', 'a Parquet file: say the format parquet'],
  ['4152524f5731', 'an Arrow file: say the format arrow'],
  ['934e554d5059', 'a NumPy array: say the format npy'],
  ['89484446', 'an HDF5 file: save the table as CSV or Parquet'],
  ['fffe', 'a text in UTF-16: save it as UTF-8'],
  ['feff', 'a text in UTF-16: save it as UTF-8'],
];

/** What bytes are that are no CSV text; null where they may be one. */
export function nameOfBytes(bytes: Buffer): string | null {
  const start = bytes.toString('hex', 0, 8);
  return BEGINNINGS.find(([beginning]) => start.startsWith(beginning))?.[1] ?? null;
}

/** The same for a text. */
export function nameOfText(text: string): string | null {
  const start = text.slice(0, 1_000).trimStart().toLowerCase();
  if (start.startsWith('<!doctype') || start.startsWith('<html')) return 'a page of HTML: was it downloaded whole?';
  return /^(\[\s*)?\{\s*"/.test(start) ? 'JSON: write a line per row' : null;
}
