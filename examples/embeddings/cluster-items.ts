import { from, lastValueFrom, toArray } from 'rxjs';
import { adjustedRandIndex, segment, type UsageEvent } from 'segtide';

/** A document, an image or a sound, with what a model made of it. */
export interface Item {
  readonly name: string;
  /** What it is known to be; nothing but the score sees it. */
  readonly kind: string;
  readonly embedding: ArrayLike<number>; // as long as all others, 4,096 at most
}

/**
 * Sends items through the stream as records that carry their embedding, one a second, and prints which segment has
 * which kinds, and how far segments and kinds agree.
 */
export async function clusterItems(items: readonly Item[], k: number): Promise<void> {
  const events = items.map(
    ({ name, embedding }, i): UsageEvent => ({
      customerId: name,
      eventTime: START + i * 1000,
      values: Array.from(embedding),
    }),
  );
  const assignments = await lastValueFrom(
    from(events).pipe(
      segment({
        channels: Array.from(items[0]!.embedding, (_, i) => ({ name: `e${i}`, aggregate: 'last' })),
        window: { step: 'day', steps: 1 },
        series: { transform: 'none', scale: 'none' },
        encoder: { kind: 'precomputed' },
        cluster: { k, distance: 'cosine' },
      }),
      toArray(),
    ),
  );
  // Windows that came before the first model come once more when it is there: the last word counts.
  const segmentOf = new Map(assignments.map(({ customerId, segmentId }) => [customerId, segmentId]));
  printTable(items, segmentOf);
  const found = items.map(({ name }) => segmentOf.get(name));
  const agreement = adjustedRandIndex(
    items.map(({ kind }) => kind),
    found,
  );
  console.log(`${items.length} items of ${items[0]!.embedding.length} numbers each, ARI ${agreement.toFixed(2)}`);
}

function printTable(items: readonly Item[], segmentOf: ReadonlyMap<string, string | null>): void {
  for (const segmentId of [...new Set(segmentOf.values())].sort()) {
    const counts = new Map<string, number>();
    for (const { name, kind } of items) {
      if (segmentOf.get(name) === segmentId) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${count} ${kind}`);
    console.log(`${segmentId}: ${parts.join(', ')}`);
  }
}

const START = Date.UTC(2026, 0, 1);
