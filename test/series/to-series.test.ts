import { firstValueFrom, from, of, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { resolveSeries } from '../../src/series/series-settings.js';
import { toSeries } from '../../src/series/to-series.js';
import { toWindowBatch } from './window-batch.js';

describe('toSeries', () => {
  const settings = resolveSeries({ transform: 'none', scale: 'minmax' }, 2, 1);
  const batch = toWindowBatch(2, 1, [4, 8]);

  it('prepares each batch with the scale that is current when it arrives', async () => {
    const scales = [
      { centers: [0], scales: [2] },
      { centers: [4], scales: [4] },
    ];
    const series = await firstValueFrom(
      from([batch, batch]).pipe(
        toSeries(settings, () => scales.shift()),
        toArray(),
      ),
    );
    expect(series.map((one) => [...one.values])).toEqual([
      [2, 4],
      [0, 1],
    ]);
  });

  it('passes errors and the missing scale on as errors of the stream', async () => {
    await expect(firstValueFrom(throwError(() => new Error('source')).pipe(toSeries(settings)))).rejects.toThrow(
      'source',
    );
    await expect(firstValueFrom(of(batch).pipe(toSeries(settings)))).rejects.toThrow(/fit one with fitScale/);
  });
});
