import type { UsageEvent } from 'segtide';
import type { SeededRandom } from '../seeded-random.js';

/** A product, which is to segtide what a customer is: somebody with usage. */
export interface Product {
  readonly id: string;
  /** Mean sales of a day, counted from 0; 0 where it isn't sold yet, or not any more. */
  readonly demand: (day: number) => number;
}

/** A Monday, from which days and weeks are counted. */
export const START = Date.UTC(2024, 0, 1);
export const DAY = 86_400_000;

/** Sales of each product and day, Poisson distributed, in the order of time; a day without a sale has no event. */
export function* dailySales(products: readonly Product[], days: number, random: SeededRandom): Generator<UsageEvent> {
  for (let day = 0; day < days; day++) {
    for (const { id, demand } of products) {
      const sold = drawCount(demand(day), random);
      if (sold > 0) yield { customerId: id, eventTime: START + day * DAY, values: sold };
    }
  }
}

/** Knuth's way for few, the normal distribution for many. */
function drawCount(mean: number, random: SeededRandom): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const bound = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > bound; product *= random.uniform()) count++;
  return count;
}
