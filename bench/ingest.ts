// How fast records become columns, against Node's limit: a loop written for exactly one form of line, which checks
// nothing. `npx tsx bench/ingest.ts [events] [pairs]`. Runs alternate; medians are over all of them.
import { createCsvParser } from '../src/ingest/csv-parser.js';
import { resolveIngest } from '../src/ingest/ingest-settings.js';
import { createNdjsonParser } from '../src/ingest/ndjson-parser.js';
import type { RecordParser } from '../src/ingest/record-parser.js';
import { createRandom } from '../src/numeric/random.js';

const CHUNK = 4 << 20;
const CUSTOMERS = 100_000;
const START = Date.UTC(2024, 0, 1);
const HOURS = 96;

const events = Number(process.argv[2] ?? 1_000_000);
const pairs = Number(process.argv[3] ?? 9);

interface UsageEvent {
  readonly id: string;
  readonly time: number;
  readonly value: number;
}

function* generate(): Generator<UsageEvent> {
  const random = createRandom(42);
  for (let i = 0; i < events; i++) {
    const time = START + Math.floor((i / events) * HOURS * 3_600_000) + random.below(300_000);
    const id = `c${String(random.below(CUSTOMERS)).padStart(6, '0')}`;
    yield { id, time, value: Math.round(-Math.log(1 - random.next()) * 8000) / 1000 };
  }
}

function render(toLine: (event: UsageEvent) => string, head = ''): Buffer {
  const parts: Buffer[] = [Buffer.from(head)];
  let text = '';
  for (const event of generate()) {
    text += toLine(event);
    if (text.length > CHUNK) {
      parts.push(Buffer.from(text));
      text = '';
    }
  }
  return Buffer.concat([...parts, Buffer.from(text)]);
}

/** Reads a file that is in memory through a buffer of one chunk, as a source does. */
function parseAll(parser: RecordParser, file: Buffer): number {
  const buffer = Buffer.allocUnsafe(CHUNK + 65_536);
  let [read, kept, row, offset, count] = [0, 0, 1, 0, 0];
  while (read < file.length) {
    const length = file.copy(buffer, kept, read, Math.min(read + CHUNK, file.length));
    read += length;
    const end = kept + length;
    const chunk = parser.parse(buffer, 0, end, { source: 'bench', row, offset }, read === file.length);
    count += chunk.batch.length;
    row += chunk.rows;
    offset += chunk.consumed;
    kept = end - chunk.consumed;
    buffer.copyWithin(0, chunk.consumed, end);
  }
  return count;
}

/** The limit: keys told apart by their first letter, numbers without exponents, no checks at all. */
function parseAtLimit(file: Buffer): number {
  const buffer = Buffer.allocUnsafe(CHUNK + 65_536);
  const powers = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);
  let pos = 0;
  const number = (): number => {
    let negative = false;
    let m = 0;
    let decimals = -1;
    let c = buffer[pos]!;
    if (c === 45) {
      negative = true;
      c = buffer[++pos]!;
    }
    for (; ; c = buffer[++pos]!) {
      if (c >= 48 && c <= 57) {
        m = m * 10 + (c - 48);
        if (decimals >= 0) decimals++;
      } else if (c === 46) decimals = 0;
      else break;
    }
    if (decimals > 0) m /= powers[decimals]!;
    return negative ? -m : m;
  };
  let [read, kept, count, sink] = [0, 0, 0, 0];
  while (read < file.length) {
    const length = file.copy(buffer, kept, read, Math.min(read + CHUNK, file.length));
    read += length;
    const end = kept + length;
    const last = buffer.lastIndexOf(10, end - 1);
    pos = 0;
    while (pos < last) {
      let [idStart, idEnd, time, value] = [0, 0, 0, 0];
      pos++;
      for (;;) {
        const key = buffer[++pos]!;
        while (buffer[pos] !== 34) pos++;
        pos += 2;
        if (key === 99) {
          idStart = ++pos;
          while (buffer[pos] !== 34) pos++;
          idEnd = pos++;
        } else if (key === 116) time = number();
        else value = number();
        if (buffer[pos++] !== 44) break;
      }
      pos++;
      count++;
      sink += time + value + idEnd - idStart;
    }
    kept = end - last - 1;
    buffer.copy(buffer, 0, last + 1, end);
  }
  return sink > 0 ? count : 0;
}

const settings = (unit: 'ms' | 'iso') =>
  resolveIngest({
    fields: { customer: 'customerId', time: 'timestamp' },
    channels: [{ name: 'usage', field: 'value' }],
    time: { unit },
  });
const line = (e: UsageEvent): string => `{"customerId":"${e.id}","timestamp":${e.time},"value":${e.value}}\n`;
const isoLine = (e: UsageEvent): string =>
  `{"timestamp":"${new Date(e.time).toISOString()}","type":"usage","customerId":"${e.id}","tags":["a",{"b":null}],"value":${e.value}}\n`;
const nested = (e: UsageEvent): string =>
  `{"specversion":"1.0","data":{"customerId":"${e.id}","timestamp":${e.time},"value":${e.value}}}\n`;

const plain = render(line);
const iso = render(isoLine);
const inner = render(nested);
const csv = render((e) => `${e.id},${e.time},${e.value}\n`, 'customerId,timestamp,value\n');
const nestedSettings = resolveIngest({
  fields: { customer: 'data.customerId', time: 'data.timestamp' },
  channels: [{ name: 'usage', field: 'data.value' }],
  time: { unit: 'ms' },
});

const cases: readonly (readonly [string, () => number])[] = [
  ['limit', () => parseAtLimit(plain)],
  ['ndjson', () => parseAll(createNdjsonParser(settings('ms')), plain)],
  ['ndjson, ISO times and other keys', () => parseAll(createNdjsonParser(settings('iso')), iso)],
  ['ndjson, nested', () => parseAll(createNdjsonParser(nestedSettings), inner)],
  ['csv', () => parseAll(createCsvParser(settings('ms')), csv)],
];
const times = cases.map((): number[] => []);
for (let round = -1; round < pairs; round++) {
  for (const [i, [name, run]] of cases.entries()) {
    const from = process.cpuUsage();
    const count = run();
    const used = process.cpuUsage(from);
    if (count !== events) throw new Error(`${name}: ${count} of ${events} events`);
    if (round >= 0) times[i]!.push((used.user + used.system) / 1e6); // the first round warms up
  }
}
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const limit = median(times[0]!);
for (const [i, [name]] of cases.entries()) {
  const seconds = median(times[i]!);
  const rate = (events / seconds / 1e6).toFixed(2);
  console.log(
    `${name.padEnd(34)} ${rate.padStart(6)} M events/s of CPU   ${(limit / seconds).toFixed(2)} of the limit`,
  );
}
