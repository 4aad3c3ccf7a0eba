import { firstValueFrom, from, NEVER, type Observable, of, throwError, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { EmbeddingBatch } from '../../src/encode/embedding-batch.js';
import { encodeWith } from '../../src/encode/encode-with.js';
import type { Encoder } from '../../src/encode/encoder.js';
import type { SeriesBatch } from '../../src/series/series-batch.js';
import { embeddingsOf } from '../cluster/embeddings.js';

describe('encodeWith', () => {
  it('completes, fails and stays silent with its source', () => {
    run('|', '|');
    run('--#', '--#');
    run('-', '-');
    run('-', '-', '---!');
  });

  it('gives one batch for each, in order, one at a time', async () => {
    const encoder = slowEncoder();
    const batches = await firstValueFrom(
      from([seriesOf(1), seriesOf(2), seriesOf(0)]).pipe(encodeWith(encoder), toArray()),
    );
    expect(batches.map(({ length }) => length)).toEqual([1, 2, 0]);
    expect(encoder.most).toBe(1);
  });

  it('asks for the encoder once a batch, so that a model may change between two', async () => {
    const encoders = [slowEncoder(3), slowEncoder(5)];
    const batches = await firstValueFrom(
      from([seriesOf(1), seriesOf(1)]).pipe(
        encodeWith(() => encoders.shift()!),
        toArray(),
      ),
    );
    expect(batches.map(({ embeddingSize }) => embeddingSize)).toEqual([3, 5]);
  });

  it('fails when the encoder does, or when there is none', async () => {
    const broken: Encoder = { ...slowEncoder(), encode: () => Promise.reject(new Error('no weights')) };
    await expect(firstValueFrom(of(seriesOf(1)).pipe(encodeWith(broken)))).rejects.toThrow('no weights');
    const none = (): Encoder => {
      throw new Error('no model yet');
    };
    await expect(firstValueFrom(of(seriesOf(1)).pipe(encodeWith(none)))).rejects.toThrow('no model yet');
    await expect(firstValueFrom(throwError(() => new Error('source')).pipe(encodeWith(broken)))).rejects.toThrow(
      'source',
    );
  });

  it('emits nothing after it was unsubscribed', async () => {
    const seen: EmbeddingBatch[] = [];
    const encoder = slowEncoder();
    const subscription = from([seriesOf(1), seriesOf(1)])
      .pipe(encodeWith(encoder))
      .subscribe((batch) => {
        seen.push(batch);
        subscription.unsubscribe();
      });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toHaveLength(1);
    expect(NEVER.pipe(encodeWith(encoder)).subscribe().closed).toBe(false);
  });
});

function run(source: string, expected: string, unsubscription?: string): void {
  new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted)).run(
    ({ cold, expectObservable, expectSubscriptions }) => {
      const series$ = cold(source) as unknown as Observable<SeriesBatch> & { subscriptions: never };
      expectObservable(series$.pipe(encodeWith(slowEncoder())), unsubscription).toBe(expected);
      if (unsubscription !== undefined)
        expectSubscriptions(series$.subscriptions).toBe(`^--${unsubscription.slice(3)}`);
    },
  );
}

function seriesOf(rows: number): SeriesBatch {
  return embeddingsOf(Array.from({ length: rows }, () => [0])).series;
}

/** Takes a turn of the event loop for each batch, and notes how many it had at a time. */
function slowEncoder(embeddingSize = 2): Encoder & { readonly most: number } {
  let busy = 0;
  let most = 0;
  return {
    version: 'v1',
    steps: 1,
    channels: 1,
    embeddingSize,
    get most() {
      return most;
    },
    async encode(series) {
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy--;
      const rows = Array.from({ length: series.length }, () => new Array<number>(embeddingSize).fill(0));
      return { ...embeddingsOf(rows, series.windows), length: series.length, embeddingSize };
    },
  };
}
