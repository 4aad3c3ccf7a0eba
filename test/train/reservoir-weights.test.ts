import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floorWeights } from '../../src/cluster/floor-weights.js';
import { createReservoir, type Reservoir, type ReservoirSnapshot } from '../../src/train/reservoir.js';
import { samplingKey } from '../../src/train/sampling-key.js';
import { surplusOf } from '../../src/train/surplus-of.js';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { windowsOf } from '../cluster/embeddings.js';

interface Offer {
  readonly customer: number;
  readonly start: number;
  readonly weight: number;
}

const OPTIONS = { capacity: 12, steps: 1, channels: 1, seed: 9, halfLifeMs: 40 };

function offer(reservoir: Reservoir, offers: readonly Offer[]): Reservoir {
  const batch: WindowBatch = windowsOf(offers.length, {
    customers: Uint32Array.from(offers, ({ customer }) => customer),
    starts: Float64Array.from(offers, ({ start }) => start),
    values: Float32Array.from(offers, ({ start }) => start),
  });
  offers.forEach(({ weight }, row) => {
    reservoir.add(batch, row, weight);
  });
  return reservoir;
}

const nameOf = ({ customer, start }: Offer): string => `c${customer}@${start}`;
const namesOf = ({ customers, starts }: ReservoirSnapshot): readonly string[] =>
  customers.map((customer, i) => `${customer}@${starts[i]}`);
const keyOf = ({ customer, start }: Offer): number => samplingKey(`c${customer}`, start, OPTIONS);
const largest = (offers: readonly Offer[], key: (one: Offer) => number, most: number): readonly string[] =>
  [...offers]
    .sort((a, b) => key(b) - key(a))
    .slice(0, most)
    .map(nameOf)
    .sort();

const OFFERS = fc.uniqueArray(
  fc.record({
    customer: fc.nat(40),
    start: fc.nat(60),
    weight: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 10, noNaN: true })),
  }),
  { selector: nameOf, maxLength: 70 },
);

describe('a reservoir of weighted windows', () => {
  it('keeps those of the largest keys and no others, in the order of start and customer', () => {
    fc.assert(
      fc.property(OFFERS, (offers) => {
        const kept = offer(createReservoir(OPTIONS), offers).snapshot();
        const wanted = largest(offers, (one) => keyOf(one) + Math.log(one.weight), OPTIONS.capacity);
        expect([...namesOf(kept)].sort()).toEqual(wanted);
        const weightOf = new Map(offers.map((one) => [nameOf(one), one.weight]));
        expect([...kept.weights]).toEqual(namesOf(kept).map((name) => weightOf.get(name)));
        expect([...kept.values]).toEqual([...kept.starts]);
      }),
    );
  });

  it('is, without its surplus, what a smaller one keeps to which all windows are alike', () => {
    fc.assert(
      fc.property(OFFERS, (offers) => {
        const reservoir = offer(createReservoir(OPTIONS), offers);
        const kept = reservoir.snapshot();
        const surplus = surplusOf(kept);
        const plain = namesOf(kept).filter((_, row) => surplus[row] === 0);
        expect([...plain].sort()).toEqual(largest(offers, keyOf, plain.length));
        expect(reservoir.toWindows().starts).toEqual(kept.starts.filter((_, row) => surplus[row] === 0));
        if (offers.length <= OPTIONS.capacity) expect(plain.length).toBe(offers.length);
      }),
    );
  });

  it('has the same bytes in whatever order windows come, and wherever it was stopped and resumed', () => {
    fc.assert(
      fc.property(OFFERS, fc.nat(70), fc.infiniteStream(fc.nat()), (offers, at, draws) => {
        const whole = offer(createReservoir(OPTIONS), offers).snapshot();
        const shuffled = offers.map((one) => [draws.next().value as number, one] as const).sort(([a], [b]) => a - b);
        const other = shuffled.map(([, one]) => one);
        const half = offer(createReservoir(OPTIONS), other.slice(0, at)).snapshot();
        const resumed = offer(createReservoir(OPTIONS, structuredClone(half)), other.slice(at));
        expect(resumed.snapshot()).toEqual(whole);
      }),
    );
  });

  it('of several is the one of all, as long as each keeps as many', () => {
    fc.assert(
      fc.property(OFFERS, fc.integer({ min: 1, max: 4 }), (offers, parts) => {
        const union = createReservoir(OPTIONS);
        for (let part = 0; part < parts; part++) {
          const own = offers.filter(({ customer }) => customer % parts === part);
          const { customers, starts, weights } = offer(createReservoir(OPTIONS), own).snapshot();
          const sent = customers.map((name, i) => ({
            customer: Number(name.slice(1)),
            start: starts[i]!,
            weight: weights[i]!,
          }));
          offer(union, sent);
        }
        expect(namesOf(union.snapshot())).toEqual(namesOf(offer(createReservoir(OPTIONS), offers).snapshot()));
      }),
    );
  });

  it('forgets a customer with the weights, and keeps what it knows of the others', () => {
    const offers = Array.from({ length: 60 }, (_, i) => ({ customer: i % 7, start: i, weight: 1 + (i % 3) }));
    const reservoir = offer(createReservoir(OPTIONS), offers);
    const before = reservoir.snapshot();
    reservoir.forget('c4');
    const after = reservoir.snapshot();
    expect(namesOf(after)).toEqual(namesOf(before).filter((name) => !name.startsWith('c4@')));
    expect([...after.weights]).toEqual([...before.weights].filter((_, i) => before.customers[i] !== 'c4'));
    expect(after.threshold).toBe(before.threshold);
  });

  it('gives a segment of 0.2 % of the customers its floor where there is room for few', () => {
    const weights = floorWeights({ k: 4, weights: Float64Array.of(5000, 3000, 1984, 16) }, 0.05);
    const counts = { floor: [] as number[], none: [] as number[], told: [] as number[] };
    for (let seed = 0; seed < 40; seed++) {
      const options = { capacity: 500, steps: 1, channels: 1, seed };
      const rare = Array.from({ length: 10_000 }, (_, i) => i % 500 === 3);
      const offers = rare.map((isRare, i) => ({ customer: i, start: 0, weight: isRare ? weights[3]! : 1 }));
      const isRare = (name: string): boolean => rare[Number(name.slice(1))]!;
      const kept = offer(createReservoir(options), offers);
      const alike = offer(
        createReservoir(options),
        offers.map((one) => ({ ...one, weight: 1 })),
      );
      counts.floor.push(kept.snapshot().customers.filter(isRare).length);
      counts.none.push(alike.snapshot().customers.filter(isRare).length);
      const { customers, ids, length } = kept.toWindows();
      counts.told.push(Array.from(customers, (slot) => ids.text(slot)).filter(isRare).length / length);
    }
    // Of 20 such windows one is in the sample where all are alike, and some eight where each counts ten times.
    const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
    expect(mean(counts.none)).toBeLessThan(1.6);
    expect(Math.min(...counts.none)).toBe(0);
    expect(mean(counts.floor)).toBeGreaterThan(7);
    expect(Math.min(...counts.floor)).toBeGreaterThanOrEqual(3);
    // Shares are told without the surplus: 0.2 %, with the sd of 20,000 draws of 1 in 500.
    expect(Math.abs(mean(counts.told) - 0.002)).toBeLessThan(4 * Math.sqrt(0.002 / 20_000));
  });

  it('refuses what a version wrote that knew no weights', () => {
    const old = { ...createReservoir(OPTIONS).snapshot(), formatVersion: 1 } as unknown as ReservoirSnapshot;
    expect(() => createReservoir(OPTIONS, old)).toThrow(/format 1; this version reads format 2/);
  });
});
