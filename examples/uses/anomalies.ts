// Who behaves oddly, and in what way? `npx tsx examples/uses/anomalies.ts`
// Alerts come while the stream runs, each with what was seen and what was expected.
import { from, lastValueFrom } from 'rxjs';
import { type Alert, segment, type UsageEvent } from 'segtide';
import { createRandom } from '../seeded-random.js';

const CUSTOMERS = Number(process.argv[2] ?? 200);
const DAYS = 40;
const ODD_DAY = 30; // on which every tenth customer does something odd
const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
/** What those do who use around the clock, in office hours, and in the evening. */
const ODDITIES = ['burst', 'shift', 'outage'] as const;

const random = createRandom(1);
const alerts: Alert[] = [];
await lastValueFrom(
  from(hourlyUsage()).pipe(
    segment({
      window: { step: 'hour', steps: 24 },
      encoder: { kind: 'raw' },
      cluster: { k: 3 },
      model: { firstFit: CUSTOMERS * 10 },
      outputs: {
        alerts: (alert) => {
          if (alert.kind === 'anomaly' || alert.kind === 'silence') alerts.push(alert);
        },
      },
    }),
  ),
);

const isPlanted = ({ customerId, windowStart }: Alert) =>
  oddityOf(customerId!) !== undefined && windowStart === START + ODD_DAY * 24 * HOUR;
const found = alerts.filter(isPlanted);
const planted = Array.from({ length: CUSTOMERS }, (_, i) => toId(i)).filter((id) => oddityOf(id) !== undefined);
console.log(
  `${found.length} of ${planted.length} odd days found, ${alerts.length - found.length} others told in ${CUSTOMERS * DAYS} days`,
);
for (const oddity of ODDITIES) {
  const alert = found.find(({ customerId }) => oddityOf(customerId!) === oddity);
  console.log(
    `\n${oddity}: ${alert ? `${alert.customerId}, score ${alert.score.toFixed(1)}, ${alert.explanation.text}` : 'none found'}`,
  );
}

function* hourlyUsage(): Generator<UsageEvent> {
  for (let hour = 0; hour < DAYS * 24; hour++) {
    for (let customer = 0; customer < CUSTOMERS; customer++) {
      const id = toId(customer);
      const oddity = Math.floor(hour / 24) === ODD_DAY ? oddityOf(id) : undefined;
      const usage = usageAt(customer, hour % 24, oddity);
      if (usage > 0) yield { customerId: id, eventTime: START + hour * HOUR, values: usage };
    }
  }
}

function usageAt(customer: number, hour: number, oddity: string | undefined): number {
  const seen = oddity === 'shift' ? (hour + 12) % 24 : hour;
  const isActive = customer % 3 === 0 || (customer % 3 === 1 ? seen >= 8 && seen < 18 : seen >= 17 && seen < 23);
  if (oddity === 'outage' || !isActive) return 0;
  return 5 * Math.exp(0.3 * random.normal()) * (oddity === 'burst' && seen >= 18 && seen < 21 ? 8 : 1);
}

function oddityOf(id: string): (typeof ODDITIES)[number] | undefined {
  const customer = Number(id.slice(1));
  return customer % 10 === 1 ? ODDITIES[customer % 3] : undefined;
}

function toId(customer: number): string {
  return `c${customer}`;
}
