// The whole pipeline in one operator: usage events in, segments of customers out. `npx tsx examples/segment-events.ts`
import { from, lastValueFrom, tap } from 'rxjs';
import { segment } from 'segtide';
import { hourlyUsage } from './usage.js';

const latest = new Map<string, string | null>();

await lastValueFrom(
  from(hourlyUsage(16)).pipe(
    segment({
      window: { step: 'hour', steps: 24 },
      encoder: { hidden: 16, latent: 4, updates: 200 },
      cluster: { k: 3 },
      model: { firstFit: 1000 },
      outputs: {
        segments: ({ segmentId, name, share, lineage }) =>
          console.log(
            lineage === 'retired' ? `${segmentId} is no more` : `${segmentId} is ${name}: ${share.toFixed(2)}`,
          ),
      },
    }),
    tap(({ customerId, segmentId }) => latest.set(customerId, segmentId)),
  ),
);

for (const customer of ['night-0', 'office-1', 'flat-2']) console.log(`${customer} is in ${latest.get(customer)}`);
