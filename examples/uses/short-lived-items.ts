// How much will an item sell that is gone in 16 weeks? `npx tsx examples/uses/short-lived-items.ts`
// Segments of how items begin; an item is forecast by what earlier ones of its segment went on to sell.
import { from, lastValueFrom, toArray } from 'rxjs';
import { segment, type UsageEvent } from 'segtide';
import { createRandom } from '../seeded-random.js';
import { DAY, dailySales, START } from './daily-sales.js';

const KNOWN = 28; // days that are known when the rest is forecast
const LIFE = 112;
const PAST = Number(process.argv[2] ?? 600); // items whose life is over
const NEW = PAST / 3;

/** Sales by age in days, in units of the item's level. */
const LIVES: readonly ((age: number) => number)[] = [
  (age) => 2.5 * Math.exp(-age / 20), // a premiere, and then less and less
  (age) => (age / 40) * Math.exp(1 - age / 40), // word gets around
  (age) => 0.3 + age / 100, // better from week to week
  (age) => (age < 21 ? 1.2 : 0.2), // bought by those who waited for it, and by few others
  () => 0.8, // the same all the time
];

const random = createRandom(1);
const items = Array.from({ length: PAST + NEW }, (_, i) => {
  const level = 6 * Math.exp(0.8 * random.normal());
  const life = LIVES[random.below(LIVES.length)]!;
  const id = `${i < PAST ? 'past' : 'new'}-${i}`;
  const days = new Array<number>(LIFE).fill(0);
  for (const sale of dailySales([{ id, demand: (age) => level * life(age) }], LIFE, random)) {
    days[(Number(sale.eventTime) - START) / DAY] = Number(sale.values);
  }
  return { id, days };
});

// Time is the age of an item: past items are in the first window and new ones in the second.
const events = items
  .flatMap(({ id, days }) =>
    days.slice(0, KNOWN).map((sold, age) => ({ id, sold, at: age + (isPast(id) ? 0 : KNOWN) })),
  )
  .filter(({ sold }) => sold > 0)
  .sort((a, b) => a.at - b.at)
  .map(({ id, sold, at }): UsageEvent => ({ customerId: id, eventTime: START + at * DAY, values: sold }));
const assignments = await lastValueFrom(
  from(events).pipe(
    segment({
      window: { step: 'day', steps: KNOWN, origin: START },
      series: { scope: 'own', smooth: 'average', smoothWidth: 7 },
      encoder: { kind: 'raw', embeddingSize: 4 },
      cluster: { k: 6 },
      model: { firstFit: Math.floor(PAST * 0.9), retrain: { everyWindowLengths: 100 } },
    }),
    toArray(),
  ),
);
const segmentOf = new Map<string, string | null>();
for (const { customerId, windowStart, segmentId } of assignments) {
  if (windowStart === START + (isPast(customerId) ? 0 : KNOWN * DAY)) segmentOf.set(customerId, segmentId);
}

const past = items.filter(({ id }) => isPast(id) && segmentOf.has(id));
const fresh = items.filter(({ id }) => !isPast(id) && segmentOf.has(id));
const ofAll = courseAfter(past);
const ofSegment = new Map(
  [...new Set(segmentOf.values())].map((segmentId) => [
    segmentId,
    courseAfter(past.filter(({ id }) => segmentOf.get(id) === segmentId)),
  ]),
);
console.log(`Weekly forecasts of ${fresh.length} items from day ${KNOWN} to ${LIFE}, by ${past.length} earlier ones`);
printError('own last week goes on', ({ days }) => repeat(weeksOf(days)[KNOWN / 7 - 1]!));
printError('own mean goes on', ({ days }) => repeat(total(days.slice(0, KNOWN)) / (KNOWN / 7)));
printError('as all items, at its own level', ({ days }) => ofAll.map((part) => part * total(days.slice(0, KNOWN))));
printError('as its segment, at its own level', ({ id, days }) =>
  (ofSegment.get(segmentOf.get(id)!) ?? ofAll).map((part) => part * total(days.slice(0, KNOWN))),
);

interface Item {
  readonly id: string;
  readonly days: readonly number[];
}

/** Sales of each later week, as parts of what the items sold in the days that are known. */
function courseAfter(group: readonly Item[]): number[] {
  const begun = total(group.map(({ days }) => total(days.slice(0, KNOWN))));
  return repeat(0).map((_, week) => total(group.map(({ days }) => weeksOf(days)[KNOWN / 7 + week]!)) / begun);
}

/** Sum of absolute errors over the sum of what was sold. */
function printError(name: string, forecast: (item: Item) => readonly number[]): void {
  let wrong = 0;
  let sold = 0;
  for (const item of fresh) {
    const weeks = weeksOf(item.days).slice(KNOWN / 7);
    forecast(item).forEach((value, week) => {
      wrong += Math.abs(value - weeks[week]!);
      sold += weeks[week]!;
    });
  }
  console.log(`  ${name.padEnd(34)} WAPE ${((100 * wrong) / sold).toFixed(0)} %`);
}

function weeksOf(days: readonly number[]): number[] {
  return Array.from({ length: LIFE / 7 }, (_, week) => total(days.slice(week * 7, week * 7 + 7)));
}

function repeat(value: number): number[] {
  return new Array<number>((LIFE - KNOWN) / 7).fill(value);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function isPast(id: string): boolean {
  return id.startsWith('past');
}
