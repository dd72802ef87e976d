import { columnsOf, fit, oneLine, truncate } from './text.ts';

const GAP = '  ';

/** Cells in columns, the heading first; the last column takes what width is left. */
export function tableLines(cells: readonly (readonly string[])[], columns: number): readonly string[] {
  const widths = (cells[0] ?? []).map((_, index) => Math.max(...cells.map((row) => columnsOf(row[index] ?? ''))));
  const last = widths.length - 1;
  return cells.map((row) => {
    const fitted = row.map((cell, index) => (index === last ? cell : fit(cell, widths[index] ?? columnsOf(cell))));
    return truncate(fitted.join(GAP), columns).trimEnd();
  });
}

/** The last two parts of a URL say enough to tell repositories apart. */
export function repositoryName(url: string): string {
  return oneLine(url)
    .replace(/\.git$/, '')
    .split(/[/:]/)
    .filter(Boolean)
    .slice(-2)
    .join('/');
}
