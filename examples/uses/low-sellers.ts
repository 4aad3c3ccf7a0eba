// Who hardly sells, and what do they deserve? `npx tsx examples/uses/low-sellers.ts`
// Aircraft that rarely fly, by segment: what a segment's profile advises, and how little is at stake there.
import { from, lastValueFrom } from 'rxjs';
import { type SegmentRecord, segment } from 'segtide';
import { readFlights } from './flights.js';

const aircraft = Number(process.argv[2] ?? 4037);
const events = await readFlights(aircraft);

let model: SegmentRecord[] = [];
await lastValueFrom(
  from(events).pipe(
    segment({
      window: { step: 'week', steps: 13, customerTtl: '400d' },
      encoder: { kind: 'raw' },
      cluster: { k: 6 },
      model: { firstFit: aircraft, retrain: { everyWindowLengths: 1 } },
      outputs: {
        segments: (record) => {
          if (record.modelVersion !== model[0]?.modelVersion) model = [];
          model.push(record);
        },
      },
    }),
  ),
);

console.log('segment  advice    aircraft  air time  minutes a week  name');
const ranked = model.filter(({ lineage }) => lineage !== 'retired').sort((a, b) => b.level - a.level);
const used = ranked.reduce((sum, { share, level }) => sum + share * level, 0);
for (const { segmentId, advice, share, level, name } of ranked) {
  const parts = [share, (share * level) / used].map((part) => `${(100 * part).toFixed(0)} %`.padStart(8));
  console.log(
    `${segmentId.padEnd(7)}  ${advice.padEnd(8)}  ${parts.join('  ')}  ${level.toFixed(0).padStart(14)}  ${name}`,
  );
}
