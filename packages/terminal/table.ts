export interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

const GAP = '  ';

/** Lines of a table: titles, then rows. The last columns are left out where the terminal is too narrow for them. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const grid = columns.map(({ title, align, cell }) => {
    const cells = [title, ...rows.map(cell)];
    const widest = Math.max(...cells.map((text) => text.length));
    return { widest, cells: cells.map((text) => (align === 'left' ? text.padEnd(widest) : text.padStart(widest))) };
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
  return lines.map((cells) => cells.join(GAP).trimEnd());
}
