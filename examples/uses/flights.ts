import { readFileSync } from 'node:fs';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { UsageEvent } from 'segtide';

/** Real usage: every flight of 2013 from New York, the aircraft as the customer (examples/data/README.md). */
export async function readFlights(aircraft = Number.POSITIVE_INFINITY): Promise<UsageEvent[]> {
  const bytes = readFileSync(new URL('../data/flights.parquet', import.meta.url));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const flights = await parquetReadObjects({ file, compressors });
  const taken = new Set<string>();
  const events: UsageEvent[] = [];
  for (const { tailnum, time_hour, air_time } of flights) {
    const customerId = String(tailnum);
    if (!taken.has(customerId) && taken.size >= aircraft) continue;
    taken.add(customerId);
    events.push({ customerId, eventTime: time_hour as Date, values: Number(air_time) });
  }
  return events;
}
