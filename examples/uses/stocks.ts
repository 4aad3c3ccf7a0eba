// Which stocks move together? `npx tsx examples/uses/stocks.ts`
// Prices wander apart whatever they have in common; what is shared is in the returns of the same days.
import { from, lastValueFrom, toArray } from 'rxjs';
import { adjustedRandIndex, segment, type UsageEvent } from 'segtide';
import { createRandom } from '../seeded-random.js';

const SECTORS = ['banks', 'energy', 'software', 'retail', 'health'];
const PER_SECTOR = Number(process.argv[2] ?? 20);
const DAYS = 250;
const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);

/** Returns of a market, of a sector on top of it, and of each stock by itself: simulated, since real prices are not ours to give. */
const random = createRandom(1);
const market = draw(0.012);
const stocks = SECTORS.flatMap((sector) => {
  const common = draw(0.005);
  return Array.from({ length: PER_SECTOR }, (_, i) => {
    const beta = 0.6 + 0.8 * random.uniform();
    const own = draw(0.016);
    return { id: `${sector}-${i}`, returns: own.map((value, day) => value + beta * market[day]! + common[day]!) };
  });
});

await cluster('prices', (returns) => {
  let price = 100;
  return returns.map((value) => {
    price *= Math.exp(value);
    return price;
  });
});
await cluster('returns', (returns) => returns);
async function cluster(name: string, toValues: (returns: readonly number[]) => readonly number[]): Promise<void> {
  const series = stocks.map(({ id, returns }) => ({ id, values: toValues(returns) }));
  const events = Array.from({ length: DAYS }, (_, day) =>
    series.map(
      ({ id, values }): UsageEvent => ({ customerId: id, eventTime: START + day * DAY, values: values[day]! }),
    ),
  ).flat();
  const assignments = await lastValueFrom(
    from(events).pipe(
      segment({
        channels: [{ name: 'value', aggregate: 'last' }],
        events: { negative: 'keep' },
        window: { step: 'day', steps: DAYS, origin: START },
        series: { transform: 'none', scope: 'own' },
        encoder: { kind: 'raw' },
        cluster: { k: SECTORS.length, distance: 'cosine' },
      }),
      toArray(),
    ),
  );
  const segmentOf = new Map(assignments.map(({ customerId, segmentId }) => [customerId, segmentId]));
  const agreement = adjustedRandIndex(
    stocks.map(({ id }) => id.split('-')[0]),
    stocks.map(({ id }) => segmentOf.get(id)),
  );
  console.log(`${name.padEnd(7)} ARI with sectors ${agreement.toFixed(2)}`);
}

function draw(deviation: number): number[] {
  return Array.from({ length: DAYS }, () => deviation * random.normal());
}
