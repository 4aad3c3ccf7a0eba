// How few numbers say what a year of usage was like? `npx tsx examples/uses/data-reduction.ts`
// Aircraft by their flights of 52 weeks, and by embeddings of fewer numbers: who is still beside whom?
import { from, lastValueFrom } from 'rxjs';
import { type EmbeddingRecord, segment } from 'segtide';
import { readFlights } from './flights.js';

const STEPS = 52;
const WEEK = 7 * 86_400_000;
const START = Date.UTC(2013, 0, 1);
const NEIGHBOURS = 10;

const flights = await readFlights(Number(process.argv[2] ?? 1500));
const weeks = new Map<string, number[]>();
for (const { customerId, eventTime, values } of flights) {
  const row = weeks.get(customerId) ?? new Array<number>(STEPS).fill(0);
  weeks.set(customerId, row);
  const week = Math.floor((Number(eventTime) - START) / WEEK);
  if (week < STEPS) row[week]! += Number(values);
}
console.log(`${flights.length} flights of ${weeks.size} aircraft: ${STEPS} numbers each`);

for (const embeddingSize of [2, 4, 8, 16]) {
  const vectors = await embed(embeddingSize);
  const ids = [...vectors.keys()];
  const before = ids.map((id) => weeks.get(id)!.map(Math.log1p));
  const after = ids.map((id) => vectors.get(id)!);
  const kept = mean(ids.map((_, i) => shared(nearest(before, i), nearest(after, i)) / NEIGHBOURS));
  const numbers = String(after[0]!.length).padStart(2);
  const correlation = correlate(distances(before), distances(after)).toFixed(2);
  console.log(
    `  ${numbers} numbers: distances correlate ${correlation}, ${(100 * kept).toFixed(0)} % of the nearest ${NEIGHBOURS} kept`,
  );
}

async function embed(embeddingSize: number): Promise<Map<string, readonly number[]>> {
  const records: EmbeddingRecord[] = [];
  await lastValueFrom(
    from(flights).pipe(
      segment({
        window: { step: '7d', steps: STEPS, origin: START, customerTtl: '1100d' },
        series: { fill: 'zero' },
        encoder: { kind: 'raw', embeddingSize },
        outputs: { embeddings: (record) => records.push(record) },
      }),
    ),
  );
  // Vectors of the provisional model lie in another space.
  const { modelVersion } = records.at(-1)!;
  return new Map(
    records
      .filter((record) => record.modelVersion === modelVersion)
      .map(({ customerId, vector }) => [customerId, vector!]),
  );
}

function nearest(rows: readonly (readonly number[])[], of: number): Set<number> {
  const distances = rows.map((row, i) => ({
    i,
    distance: i === of ? Number.POSITIVE_INFINITY : square(row, rows[of]!),
  }));
  distances.sort((a, b) => a.distance - b.distance);
  return new Set(distances.slice(0, NEIGHBOURS).map(({ i }) => i));
}

function square(first: readonly number[], second: readonly number[]): number {
  return first.reduce((sum, value, i) => sum + (value - second[i]!) ** 2, 0);
}

function shared(first: ReadonlySet<number>, second: ReadonlySet<number>): number {
  return [...first].filter((i) => second.has(i)).length;
}

/** Of each row to the next hundred: enough to compare by. */
function distances(rows: readonly (readonly number[])[]): number[] {
  return rows.flatMap((row, i) => rows.slice(i + 1, i + 101).map((other) => Math.sqrt(square(row, other))));
}

function correlate(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [mean(first), mean(second)];
  const together = mean(first.map((value, i) => (value - a) * (second[i]! - b)));
  return (
    together / Math.sqrt(mean(first.map((value) => (value - a) ** 2)) * mean(second.map((value) => (value - b) ** 2)))
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
