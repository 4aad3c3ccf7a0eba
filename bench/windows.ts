// Parse + window + emit on one thread, against Node's limit: a loop written for this one form of line and of window.
//
//   npx tsx bench/windows.ts [--data FILE] [--pairs N] [--reference FILE.mjs] [--rows a,b]   interleaved pairs, table
//   node …/windows.js run ROW IN OUT            one run; the last line of output is {"seconds","windows","sum"}
//
// What is measured is the built code. Data: NDJSON lines {"customerId","timestamp","value"}; made where --data is absent.
// The reference takes IN OUT and a mode, and prints the same last line; without one only our own rows run.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveIngest } from '../src/ingest/ingest-settings.js';
import { createNdjsonParser } from '../src/ingest/ndjson-parser.js';
import type { UsageBatch } from '../src/ingest/usage-batch.js';
import { createRandom } from '../src/numeric/random.js';
import type { WindowOptions } from '../src/window/window-options.js';
import { resolveWindow } from '../src/window/window-settings.js';
import { createWindower } from '../src/window/windower.js';
import { build } from './measure/build.js';
import { runChild } from './measure/run-child.js';
import { createSeriesWriter } from './measure/series-writer.js';
import { median, showMedian } from './measure/statistics.js';

const DAY: WindowOptions = { step: '1h', steps: 24, minObserved: 1 };

/** What is measured; the first is the one held against the reference. */
const ROWS: Record<string, WindowOptions> = {
  plain: DAY,
  parse: DAY, // and nothing else: the parser's share
  rxjs: DAY,
  silent: { ...DAY, minObserved: 0 },
  lateness: { ...DAY, allowedLateness: '1h' },
  deduplicate: { ...DAY, deduplicate: true },
  calendar: { ...DAY, step: 'hour', timeZone: 'America/New_York' },
  sliding: { ...DAY, hop: 6 },
};

const CHUNK = 256 * 1024;
const FILES = ['bench/windows.ts', 'bench/window-memory.ts'];

if (process.argv[2] === 'build') build(FILES);
else if (process.argv[2] === 'run') await run(process.argv[3]!, process.argv[4]!, process.argv[5]!);
else compare();

async function run(row: string, from: string, to: string): Promise<void> {
  const { Subject } = row === 'rxjs' ? await import('rxjs') : {};
  const { windowByEventTime } = row === 'rxjs' ? await import('../src/window/window-by-event-time.js') : {};
  const begin = performance.now();
  const input = openSync(from, 'r');
  const writer = createSeriesWriter(to);
  const windower = createWindower(resolveWindow(ROWS[row]!));
  const parser = createNdjsonParser(
    resolveIngest({
      fields: { customer: 'customerId', time: 'timestamp', ...(row === 'deduplicate' && { eventId: 'timestamp' }) },
      channels: [{ name: 'value', field: 'value' }],
      time: { unit: 'ms' },
    }),
  );
  const batches$ = Subject && new Subject<UsageBatch>();
  batches$?.pipe(windowByEventTime!(windower)).subscribe((page) => writer.write(page));
  const push = (batch: UsageBatch): void => {
    if (row === 'parse') return;
    if (batches$ !== undefined) batches$.next(batch);
    else for (const page of windower.push(batch)) writer.write(page);
  };

  const buffer = Buffer.allocUnsafe(CHUNK + 65_536);
  let [kept, line, offset] = [0, 1, 0];
  for (;;) {
    const read = readSync(input, buffer, kept, CHUNK, null);
    const end = kept + read;
    const chunk = parser.parse(buffer, 0, end, { source: from, row: line, offset }, read === 0);
    push(chunk.batch);
    if (read === 0) break;
    line += chunk.rows;
    offset += chunk.consumed;
    kept = end - chunk.consumed;
    buffer.copyWithin(0, chunk.consumed, end);
  }
  if (batches$ !== undefined) batches$.complete();
  else for (const page of windower.finish()) writer.write(page);
  writer.close();
  closeSync(input);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage();
  const { windows, sum } = writer;
  console.log(JSON.stringify({ seconds, windows, sum, cpu: (user + system) / 1e6, ...windower.fates }));
}

function compare(): void {
  const option = (name: string): string | undefined => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? undefined : process.argv[at + 1];
  };
  const pairs = Number(option('pairs') ?? 20);
  const data = option('data') ?? makeData();
  const reference = option('reference') ?? '../shared/anchors/node/window_fast.mjs';
  const rows = (option('rows') ?? Object.keys(ROWS).join(',')).split(',');
  const folder = build(FILES);
  const out = join(tmpdir(), 'segtide-bench-windows.ndjson');
  const ours = (row: string): string[] => [join(folder, 'bench/windows.js'), 'run', row, data, out];
  const commands = new Map(rows.map((row) => [row, ours(row)]));
  if (existsSync(reference)) commands.set('reference', [reference, data, out, 'hash']);
  else console.log(`no reference at ${reference}: our own rows only`);

  const times = new Map<string, number[]>();
  for (let pair = 0; pair < pairs; pair++) {
    for (const [name, command] of commands)
      times.set(name, [...(times.get(name) ?? []), runChild([process.execPath, ...command]).cpu]);
  }
  const base = times.get('reference') ?? times.get(rows[0]!)!;
  const events = Number(execFileSync('wc', ['-l', data], { encoding: 'utf8' }).trim().split(' ')[0]);
  console.log(
    `${events} events, ${pairs} interleaved runs each; CPU seconds, rate against ${times.has('reference') ? 'the reference' : rows[0]}`,
  );
  for (const [name, cpu] of times) {
    const ratios = cpu.map((seconds, k) => base[k]! / seconds);
    const rate = (events / median(cpu) / 1e6).toFixed(2);
    console.log(`${name.padEnd(12)} ${median(cpu).toFixed(3)} s  ${rate} M events/s  ${showMedian(ratios)}`);
  }
}

/** A million events of 10,000 customers in two days, up to five minutes late. */
function makeData(): string {
  const path = join(tmpdir(), 'segtide-bench-1m-10k.ndjson');
  if (existsSync(path)) return path;
  const random = createRandom(42);
  const events = 1_000_000;
  const begin = Date.UTC(2024, 0, 1);
  const file = openSync(path, 'w');
  let text = '';
  for (let i = 0; i < events; i++) {
    const time = Math.max(begin, begin + Math.floor((i / events) * 2 * 86_400_000) - random.below(300_000));
    const value = Math.round(-Math.log(1 - random.next()) * 8000) / 1000;
    text += `{"customerId":"c${String(random.below(10_000)).padStart(6, '0')}","timestamp":${time},"value":${value}}\n`;
    if (text.length < 1 << 20 && i < events - 1) continue;
    writeSync(file, text);
    text = '';
  }
  closeSync(file);
  return path;
}
