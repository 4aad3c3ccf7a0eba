/**
 * Rate of a count over the last ten seconds or, where it is looked at seldom, since the look before those.
 *
 * @returns takes the count and the seconds since the beginning, where it was 0; undefined where no time has passed, and
 * for a count below the one before: that is another thing's
 */
export function createRecentRate(): (count: number, seconds: number) => number | undefined {
  /** The first is the newest that is older than the span, if any is. */
  let looks = [{ count: 0, seconds: 0 }];
  return (count, seconds) => {
    const last = looks.at(-1)!;
    if (count < last.count) return undefined;
    const first = looks.findLastIndex((look) => seconds - look.seconds >= SPAN_S);
    looks = [...looks.slice(Math.max(first, 0)), { count, seconds }];
    const since = looks[0]!;
    return seconds > since.seconds ? (count - since.count) / (seconds - since.seconds) : undefined;
  };
}

const SPAN_S = 10;
