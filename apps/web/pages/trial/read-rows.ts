type Cell = string | number | boolean | null;

/** Rows as somebody pastes them: JSON (a list of rows, or one row), or lines with commas or tabs between the values. */
export function readRows(text: string): readonly unknown[] {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    const read = JSON.parse(trimmed) as unknown;
    const isOneRow = !Array.isArray(read) || !read.some((item) => typeof item === 'object' && item !== null);
    return isOneRow ? [read] : (read as readonly unknown[]);
  }
  return text.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.split(cut(line)).map(cellOf)]));
}

function cut(line: string): string {
  return line.includes('\t') ? '\t' : ',';
}

/** Blank and `?` are missing. */
function cellOf(text: string): Cell {
  const cell = text.trim().replace(/^"(.*)"$/, '$1');
  if (cell === '' || cell === '?') return null;
  const number = Number(cell);
  return Number.isNaN(number) ? cell : number;
}
