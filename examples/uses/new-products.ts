// To which segment does a new product belong, after how many days? `npx tsx examples/uses/new-products.ts`
// Windows that are still open are assigned as they are, with `final: false`, and never learnt from.
import { from, lastValueFrom, toArray } from 'rxjs';
import { type AssignmentRecord, segment } from 'segtide';
import { createRandom } from '../seeded-random.js';
import { dailySales, type Product } from './daily-sales.js';

const STEPS = 28;
const KNOWN_WINDOWS = 6; // of the products that were there before
const KNOWN = Number(process.argv[2] ?? 160);
const NEW = KNOWN / 4;

/** Sales by the day of the window, in units of the mean. */
const KINDS: Readonly<Record<string, (day: number) => number>> = {
  steady: () => 1,
  weekend: (day) => (day % 7 >= 5 ? 2.5 : 0.4),
  office: (day) => (day % 7 < 5 ? 1.35 : 0.1),
  payday: (day) => (day % STEPS < 4 ? 4 : 0.5),
};

const random = createRandom(1);
const names = Object.keys(KINDS);
const products = Array.from({ length: KNOWN + NEW }, (_, i): Product => {
  const launch = i < KNOWN ? 0 : KNOWN_WINDOWS * STEPS;
  const level = 12 * Math.exp(0.4 * random.normal());
  const course = KINDS[names[i % names.length]!]!;
  return { id: `${i < KNOWN ? 'known' : 'new'}-${i}`, demand: (day) => (day < launch ? 0 : level * course(day)) };
});

const assignments = await lastValueFrom(
  from(dailySales(products, (KNOWN_WINDOWS + 1) * STEPS, random)).pipe(
    segment({
      window: { step: 'day', steps: STEPS, emit: '1d', outOfOrderness: 0, origin: '2024-01-01' },
      encoder: { kind: 'raw' },
      series: { scope: 'own' },
      cluster: { k: names.length },
      model: { firstFit: KNOWN * 4, retrain: { everyWindowLengths: 100 } },
    }),
    toArray(),
  ),
);

const ofNew = assignments.filter(({ customerId, status }) => customerId.startsWith('new') && status === 'assigned');
const whole = new Map(ofNew.filter(({ final }) => final).map(({ customerId, segmentId }) => [customerId, segmentId]));
const early = new Map<string, AssignmentRecord[]>([...whole.keys()].map((id) => [id, []])); // a result a day
for (const record of ofNew) if (!record.final) early.get(record.customerId)?.push(record);

console.log(`${whole.size} new products, in the segment of their whole window after`);
for (const days of [2, 4, 7, 10, 14, 21]) {
  const results = [...early.values()].map((records) => records[days - 1]).filter((record) => record !== undefined);
  const right = results.filter(({ customerId, segmentId }) => whole.get(customerId) === segmentId);
  const confidence = results.reduce((sum, record) => sum + record.confidence!, 0) / results.length;
  const share = ((100 * right.length) / results.length).toFixed(0).padStart(3);
  console.log(`  ${String(days).padStart(2)} days: ${share} %, mean confidence ${confidence.toFixed(2)}`);
}
