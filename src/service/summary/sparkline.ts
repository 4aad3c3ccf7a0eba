/**
 * A curve as one line of block characters, from zero (or the least value, where that is negative) to the greatest.
 * Longer curves are averaged down to `width`, shorter ones stay as long as they are; what is not known is blank.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const columns = Math.min(width, values.length);
  const means = Array.from({ length: columns }, (_, i) => {
    const part = values
      .slice(Math.floor((i * values.length) / columns), Math.floor(((i + 1) * values.length) / columns))
      .filter((value) => value !== null);
    return part.length === 0 ? null : part.reduce((sum, v) => sum + v, 0) / part.length;
  });
  const known = means.filter((mean) => mean !== null);
  const low = Math.min(0, ...known);
  const range = Math.max(0, ...known) - low;
  const level = (v: number): number => (range > 0 ? Math.round(((v - low) / range) * (BLOCKS.length - 1)) : 0);
  return means.map((v) => (v === null ? ' ' : (BLOCKS[level(v)] ?? ' '))).join('');
}

/** A share in [0, 1] as a bar of `width` characters, to an eighth of one. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  const rest = eighths % 8 === 0 ? '' : EIGHTHS[(eighths % 8) - 1]!;
  return (full + rest).padEnd(width, ' ');
}

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const EIGHTHS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
