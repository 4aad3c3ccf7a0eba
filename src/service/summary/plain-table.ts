import Table from 'cli-table3';

/** A column of a table without lines. */
export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Columns with a higher number go first where the terminal is narrow; those without one always stay. */
  readonly dropFirst?: number;
  /** The column that is shortened when dropping does not suffice. */
  readonly shortens?: boolean;
}

/**
 * Lays out a table that fits into `width`: two spaces before each column, columns dropped and text shortened where it
 * would not fit.
 */
export function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = columns.map((column, i) => Math.max(column.head.length, ...rows.map((row) => row[i]!.length)));
  const shown = columns.map((_, i) => i);
  const total = (): number => shown.reduce((sum, i) => sum + widths[i]! + GAP, 0);
  const droppable = shown.filter((i) => columns[i]!.dropFirst !== undefined);
  droppable.sort((a, b) => columns[b]!.dropFirst! - columns[a]!.dropFirst!);
  for (const i of droppable) if (total() > width) shown.splice(shown.indexOf(i), 1);
  for (const i of shown) {
    if (columns[i]!.shortens && total() > width) widths[i] = Math.max(LEAST, widths[i]! - (total() - width));
  }
  const table = new Table({
    head: shown.map((i) => columns[i]!.head),
    colAligns: shown.map((i) => columns[i]!.align ?? 'left'),
    colWidths: shown.map((i) => widths[i]! + GAP),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': GAP, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => shown.map((i) => row[i]!)));
  return table.toString().replace(/ +$/gm, '');
}

const GAP = 2;
/** Text is not shortened below this. */
const LEAST = 8;

const SIDES = ['top', 'bottom', 'left', 'right'];
const NO_LINES = Object.fromEntries(
  [
    ...SIDES.flatMap((side) => [side, ...['mid', 'left', 'right'].map((part) => `${side}-${part}`)]),
    'mid',
    'mid-mid',
    'middle',
  ].map((name) => [name, '']),
);
