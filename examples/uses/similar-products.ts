// Which products sell alike, and which take sales from each other? `npx tsx examples/uses/similar-products.ts`
// Segments of weeks say what sells alike; among those, two whose sum is steadier than either take from each other.
import { from, lastValueFrom, tap, toArray } from 'rxjs';
import { adjustedRandIndex, segment } from 'segtide';
import { createRandom } from '../seeded-random.js';
import { DAY, dailySales, type Product, START } from './daily-sales.js';

const WEEKS = 40;
const LAUNCH = 20; // the week in which successors come
const PER_KIND = Number(process.argv[2] ?? 12);

/** What a weekday sells, Monday first, in units of the mean. */
const KINDS = {
  office: [1.4, 1.4, 1.4, 1.4, 1.2, 0.1, 0.1],
  weekend: [0.4, 0.4, 0.4, 0.5, 1.3, 2.2, 1.8],
  daily: [1, 1, 1, 1, 1, 1, 1],
  friday: [0.5, 0.5, 0.6, 0.9, 3, 1.2, 0.3],
};

const random = createRandom(1);
const products: Product[] = Object.entries(KINDS).flatMap(([kind, weekdays]) =>
  Array.from({ length: PER_KIND }, (_, i): Product => {
    // The first two of a kind are a product and the successor that takes three quarters of its sales.
    const role = ['old', 'new'][i];
    const level = role === undefined ? 20 * Math.exp(0.5 * random.normal()) : 25;
    const taken = (day: number) => 0.75 * Math.min(1, Math.max(0, (day / 7 - LAUNCH) / 6));
    const share = (day: number) => (role === 'new' ? taken(day) : role === 'old' ? 1 - taken(day) : 1);
    return { id: `${kind}-${role ?? i}`, demand: (day) => level * share(day) * weekdays[day % 7]! };
  }),
);

const weekly = new Map(products.map(({ id }) => [id, new Array<number>(WEEKS).fill(0)]));
const assignments = await lastValueFrom(
  from(dailySales(products, WEEKS * 7, random)).pipe(
    tap(({ customerId, eventTime, values }) => {
      weekly.get(customerId)![Math.floor((Number(eventTime) - START) / (7 * DAY))]! += Number(values);
    }),
    segment({
      window: { step: 'day', steps: 7, origin: START, minObserved: 3 },
      series: { scope: 'own' }, // how much is sold does not count, only when
      encoder: { kind: 'raw' },
      cluster: { k: Object.keys(KINDS).length },
      model: { firstFit: products.length * 4, retrain: { everyWindowLengths: 16 } },
    }),
    toArray(),
  ),
);
const segmentOf = new Map(assignments.map(({ customerId, segmentId }) => [customerId, segmentId]));
const ids = [...segmentOf.keys()];
const kinds = ids.map((id) => id.split('-')[0]);
const agreement = adjustedRandIndex(
  kinds,
  ids.map((id) => segmentOf.get(id)),
);
console.log(`${ids.length} products sell in ${new Set(segmentOf.values()).size} ways, ARI ${agreement.toFixed(2)}`);

// What moves a whole segment is no competition: each week is held against the segment's mean course.
const pairs = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => ({ a, b })));
const ranked = pairs
  .filter(({ a, b }) => segmentOf.get(a) === segmentOf.get(b))
  .map(({ a, b }) => ({ a, b, ratio: steadiness(toOwnCourse(a), toOwnCourse(b)) }))
  .sort((first, second) => first.ratio - second.ratio);
console.log('\nSum steadier than its parts (1: they have nothing to do with each other)');
for (const { a, b, ratio } of ranked.slice(0, 6)) console.log(`  ${ratio.toFixed(2)}  ${a} and ${b}`);

/** Sales of each week less what its segment would have sold in it. */
function toOwnCourse(id: string): number[] {
  const others = ids.filter((other) => other !== id && segmentOf.get(other) === segmentOf.get(id));
  const total = mean(weekly.get(id)!);
  const usual = mean(others.map((other) => mean(weekly.get(other)!)));
  return weekly
    .get(id)!
    .map((sold, week) => sold - (total * mean(others.map((other) => weekly.get(other)![week]!))) / usual);
}

function steadiness(first: readonly number[], second: readonly number[]): number {
  return variance(first.map((value, i) => value + second[i]!)) / (variance(first) + variance(second));
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
