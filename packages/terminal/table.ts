import { columnsOf, harmless } from './cells.js';
import { fit } from './style.js';

export interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

const GAP = '  ';

/** Lines of a table: titles, then rows. The last columns are left out where the terminal is too narrow for them, and a last line says so. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const grid = columns.map(({ title, align, cell }) => {
    const cells = [title, ...rows.map(cell)].map(harmless);
    const sizes = cells.map(columnsOf);
    const widest = sizes.reduce((most, size) => Math.max(most, size), 0);
    const filled = cells.map((text, line) => {
      const blanks = ' '.repeat(widest - (sizes[line] ?? 0));
      return align === 'left' ? text + blanks : blanks + text;
    });
    return { title, widest, cells: filled };
  });
  let shown = 1; // one column at least, cut by whoever prints it
  let used = grid[0]?.widest ?? 0;
  for (const { widest } of grid.slice(1)) {
    used += GAP.length + widest;
    if (used > width) break;
    shown++;
  }
  const lines = Array.from({ length: rows.length + 1 }, (_, line) =>
    grid.slice(0, shown).map(({ cells }) => cells[line]),
  );
  const missing = grid.slice(shown).flatMap(({ title }) => (title === '' ? [] : [harmless(title)]));
  return [
    ...lines.map((cells) => cells.join(GAP).trimEnd()),
    ...(missing.length === 0 ? [] : [fit(`no room for ${missing.join(', ')}`, width)]),
  ];
}
