/** `1234567` as `1,234,567`; the same in every locale. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count with its noun: `1 event`, `1,234 events`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${Math.round(count) === 1 ? '' : 's'}`;
}

/** A number in three digits or all whole ones: `0.0123`, `1.23`, `12.3`, `1,234`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 999.5) return (value < 0 ? '-' : '') + formatCount(Math.abs(value));
  return String(Number(value.toPrecision(3)));
}

/** A share as a percentage: `34 %`, `0.4 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** A change as a signed percentage: `+12 %`. */
export function formatChange(change: number): string {
  if (!Number.isFinite(change)) return '';
  const percent = Math.round(change * 100);
  return `${percent > 0 ? '+' : ''}${Object.is(percent, -0) ? 0 : percent} %`;
}

/** The UTC date of an event time, `2013-05-01`; empty before the first event. */
export function formatDate(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : '';
}

/** Seconds in the precision that matters: `0.42 s`, `12.3 s`, `3 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Text of others as it can stand in a line of a terminal: without control characters and marks that turn directions. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/**
 * Breaks text at spaces into lines of at most `width`: the first begins with `first`, the others with `rest`. It never
 * breaks at a no-break space, which becomes a plain one.
 */
export function wrap(text: string, width: number, first = '', rest = first): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const indent = lines.length === 0 ? first : rest;
    if (line === '') line = indent + word;
    else if (line.length + 1 + word.length <= width) line = `${line} ${word}`;
    else {
      lines.push(line);
      line = rest + word;
    }
  }
  return [...lines, line].join('\n').replaceAll(NO_BREAK, ' ');
}

/** The no-break space that `wrap` keeps together. */
export const NO_BREAK = '\u00a0';
