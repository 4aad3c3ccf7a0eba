const COUNT = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const MINUTE = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
  timeZone: 'UTC',
});

export function count(value: number): string {
  return COUNT.format(value);
}

/** In at most three digits: 12.3K. */
export function short(value: number): string {
  return SHORT.format(value);
}

export function percent(share: number): string {
  const of100 = share * 100;
  return `${of100 !== 0 && Math.abs(of100) < 9.95 ? of100.toFixed(1) : Math.round(of100)} %`;
}

/** A figure in three digits, whatever its size. */
export function figure(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1000 || size < 0.001 ? short(value) : String(Number(value.toPrecision(3)));
}

/** Event time, UTC: the day alone where it is a midnight or all that matters. */
export function day(time: number | null | undefined): string {
  return time === null || time === undefined ? '–' : DAY.format(time);
}

export function moment(time: number | null | undefined): string {
  return time === null || time === undefined ? '–' : `${MINUTE.format(time)} UTC`;
}

/** `1 customer`, `2 customers`. */
export function counted(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}

/** Text of others as it can stand in a line: bounded, and without marks that turn the direction of what follows. */
export function plain(text: string, most = 80): string {
  const safe = text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '�');
  const letters = [...safe.slice(0, most * 4)];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : safe;
}
