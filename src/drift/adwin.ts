import { SegtideError } from '../errors.js';

export interface AdwinOptions {
  /** Confidence: smaller finds less, later, and is wrong less often. In (0, 1). @default 0.002 */
  readonly delta?: number;
  /** Values from one look for a cut to the next. @default 32 */
  readonly clock?: number;
  /** Buckets of each size before two become one of twice the size. @default 5 */
  readonly maxBuckets?: number;
  /** Least values on either side of a cut. @default 5 */
  readonly minLength?: number;
  /** Values before the first look. @default 10 */
  readonly gracePeriod?: number;
}

/** Plain data. */
export interface AdwinSnapshot {
  /** Totals and sums of squared deviations, in turn, of the buckets of 2^i values, oldest first. */
  readonly buckets: readonly (readonly number[])[];
  readonly width: number;
  readonly total: number;
  readonly deviations: number;
  readonly tick: number;
}

/** A window over a sequence of values that shortens itself when its older part has another mean than its newer one. */
export interface Adwin {
  /** Takes the next value; true when the window was cut. */
  observe(value: number): boolean;
  /** Values in the window: since when its mean holds. */
  readonly width: number;
  /** Mean of the window; 0 when it is empty. */
  readonly mean: number;
  snapshot(): AdwinSnapshot;
}

/**
 * Creates ADWIN (Bifet & Gavaldà, 2007) as River has it: the cut's bound uses the window's variance and lengths less
 * the least length. After a cut what is newer stays.
 *
 * @throws SegtideError `config` when `delta` is out of range
 */
export function createAdwin(options: AdwinOptions = {}, snapshot?: AdwinSnapshot): Adwin {
  const { delta = 0.002, clock = 32, maxBuckets = 5, minLength = 5, gracePeriod = 10 } = options;
  if (!(delta > 0)) throw new SegtideError('config', `ADWIN's \`delta\` must be positive; got ${delta}`);
  const rows: Bucket[][] = (snapshot?.buckets ?? [[]]).map((row) =>
    Array.from({ length: row.length / 2 }, (_, i) => ({ total: row[2 * i]!, deviations: row[2 * i + 1]! })),
  );
  let width = snapshot?.width ?? 0;
  let total = snapshot?.total ?? 0;
  let deviations = snapshot?.deviations ?? 0;
  let tick = snapshot?.tick ?? 0;

  function add(value: number): void {
    rows[0]!.push({ total: value, deviations: 0 });
    if (width > 0) deviations += (width * (value - total / width) ** 2) / (width + 1);
    width++;
    total += value;
    for (let i = 0; rows[i]!.length > maxBuckets; i++) {
      const [a, b] = rows[i]!.splice(0, 2) as [Bucket, Bucket];
      if (i + 1 === rows.length) rows.push([]);
      rows[i + 1]!.push(joined(a, 2 ** i, b, 2 ** i));
    }
  }

  function dropOldest(): void {
    const length = 2 ** (rows.length - 1);
    const oldest = rows.at(-1)!.shift()!;
    width -= length;
    total -= oldest.total;
    deviations -= oldest.deviations + spread(length, oldest.total, width, total);
    while (rows.length > 1 && rows.at(-1)!.length === 0) rows.pop();
  }

  /** Whether the means before and after some place differ by more than chance. */
  function hasCut(): boolean {
    const bound = Math.log((2 * Math.log(width)) / delta);
    let before = 0;
    let beforeTotal = 0;
    for (let i = rows.length - 1; i >= 0; i--) {
      for (const bucket of rows[i]!) {
        before += 2 ** i;
        beforeTotal += bucket.total;
        const after = width - before;
        if (before < minLength || after < minLength) continue;
        const share = 1 / (before - minLength + 1) + 1 / (after - minLength + 1);
        const least = Math.sqrt(2 * share * (deviations / width) * bound) + (2 / 3) * bound * share;
        if (Math.abs(beforeTotal / before - (total - beforeTotal) / after) > least) return true;
      }
    }
    return false;
  }

  return {
    observe(value) {
      add(value);
      tick++;
      if (tick % clock !== 0 || width <= gracePeriod) return false;
      let cut = false;
      while (width > minLength && hasCut()) {
        dropOldest();
        cut = true;
      }
      return cut;
    },
    get width() {
      return width;
    },
    get mean() {
      return width === 0 ? 0 : total / width;
    },
    snapshot: () => ({
      buckets: rows.map((row) => row.flatMap((bucket) => [bucket.total, bucket.deviations])),
      width,
      total,
      deviations,
      tick,
    }),
  };
}

interface Bucket {
  readonly total: number;
  /** Sum of squared deviations from the bucket's mean. */
  readonly deviations: number;
}

function joined(a: Bucket, n: number, b: Bucket, m: number): Bucket {
  return { total: a.total + b.total, deviations: a.deviations + b.deviations + spread(n, a.total, m, b.total) };
}

/** What joining two sets of values adds to their sums of squared deviations. */
function spread(n: number, total: number, m: number, other: number): number {
  return (n * m * (total / n - other / m) ** 2) / (n + m);
}
