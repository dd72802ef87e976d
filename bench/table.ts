import type { Figure, Summary } from './measure.ts';

type Row = readonly string[];

const HEAD: Row = ['', 'median', 'p99', 'n', 'unit', 'product / peer'];

/** The figures of one benchmark as lines: each figure, its peers below it, and what came of its aim. */
export function tableOf(title: string, figures: readonly Figure[]): string {
  const rows: Row[] = [[title, ...HEAD.slice(1)]];
  const remarks = new Map<Row, string>();
  for (const { name, unit, product, peers, aim, note } of figures) {
    rows.push([`  ${name}`, ...cells(product), unit, '']);
    for (const peer of peers) rows.push([`    ${peer.name}`, ...cells(peer.summary), unit, times(peer.ratio)]);
    const remark = [aim && `${aim.met ? 'met' : 'MISSED'}: ${aim.says}`, note].filter(Boolean).join('. ');
    const last = rows.at(-1);
    if (remark && last) remarks.set(last, `      ${remark}`);
  }
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: Row) =>
    row
      .map((cell, column) => (column === 0 || column === 4 ? cell.padEnd(widths[column] ?? 0) : pad(cell, column)))
      .join('  ')
      .trimEnd();
  const pad = (cell: string, column: number) => cell.padStart(widths[column] ?? 0);
  return rows.flatMap((row) => [line(row), remarks.get(row) ?? []].flat()).join('\n');
}

function cells({ median, p99, n }: Summary): readonly [string, string, string] {
  return [numeral(median), numeral(p99), String(n)];
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} x`;
}

/** Three digits that count, and no more. */
function numeral(value: number): string {
  if (value !== 0 && Math.abs(value) < 1) return value.toFixed(3);
  return value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
}
