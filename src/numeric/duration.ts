/**
 * Milliseconds of a duration: a number of milliseconds, or text such as `250ms`, `5m`, `1h30m`, `1.5h`, `30d`, `2w`.
 *
 * A day is always 24 hours and a week seven days; calendar steps are another thing and have names, not durations.
 *
 * @returns whole milliseconds, 0 or more
 * @throws RangeError with what was got and what to write; the stages turn it into their own error
 */
export function parseDuration(text: string | number): number {
  if (typeof text === 'number') {
    if (!Number.isFinite(text) || text < 0) {
      throw new RangeError(`a duration is 0 or more milliseconds, or text like 5m or 30d; got ${text}`);
    }
    return Math.round(text);
  }
  const compact = text.trim();
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(compact)) {
    throw new RangeError(
      `a duration is a number with a unit ms, s, m, h, d or w, like 5m, 1h30m or 30d; ${got(compact)}`,
    );
  }
  let total = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    total += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  if (!Number.isSafeInteger(Math.round(total))) throw new RangeError(`the duration '${compact}' is too long`);
  return Math.round(total);
}

/** Exact text of a duration: `5m`, `1h30m`, `30d`; weeks only where nothing is left over. `parseDuration` reads it back. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms % UNIT_MS.w === 0) return `${ms / UNIT_MS.w}w`;
  let rest = ms;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const amount = Math.floor(rest / UNIT_MS[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * UNIT_MS[unit];
  }
  return text;
}

const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** A bare number in quotes is the likeliest slip, so the message names it. */
function got(text: string): string {
  return /^\d+(\.\d+)?$/.test(text) ? `got '${text}' without a unit` : `got '${text}'`;
}
