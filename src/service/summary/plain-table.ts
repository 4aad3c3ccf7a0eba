import Table from 'cli-table3';

/** A column of a table without lines. */
export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Columns with a higher number go first where the terminal is narrow; those without one always stay. */
  readonly dropFirst?: number;
  /** Its text may be wrapped to this width. */
  readonly least?: number;
}

/**
 * Lays out a table that fits into `width`, with two spaces before each column. Where it would not fit, text is wrapped;
 * where that does not suffice, columns are dropped. No text is cut off.
 */
export function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = columns.map((column, i) => Math.max(column.head.length, ...rows.map((row) => row[i]!.length)));
  const least = columns.map((column, i) =>
    Math.min(widths[i]!, Math.max(column.least ?? widths[i]!, column.head.length)),
  );
  const shown = columns.map((_, i) => i);
  const total = (of: readonly number[]): number => shown.reduce((sum, i) => sum + of[i]! + GAP, 0);
  const droppable = shown.filter((i) => columns[i]!.dropFirst !== undefined);
  droppable.sort((a, b) => columns[b]!.dropFirst! - columns[a]!.dropFirst!);
  for (const i of droppable) if (total(least) > width) shown.splice(shown.indexOf(i), 1);
  for (const i of shown.toReversed()) widths[i] = Math.max(least[i]!, widths[i]! - Math.max(0, total(widths) - width));
  const table = new Table({
    head: shown.map((i) => columns[i]!.head),
    colAligns: shown.map((i) => columns[i]!.align ?? 'left'),
    colWidths: shown.map((i) => widths[i]! + GAP),
    chars: NO_LINES,
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': GAP, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => shown.map((i) => row[i]!)));
  return table.toString().replace(/ +$/gm, '');
}

const GAP = 2;

const SIDES = ['top', 'bottom', 'left', 'right'];
const NO_LINES = Object.fromEntries(
  [
    ...SIDES.flatMap((side) => [side, ...['mid', 'left', 'right'].map((part) => `${side}-${part}`)]),
    'mid',
    'mid-mid',
    'middle',
  ].map((name) => [name, '']),
);
