// Files of NDJSON events to files of series, parsing in threads of its own, against what one would take instead; and
// how much memory an input of any length takes.
//
//   npx tsx bench/peers.ts --data FILE.ndjson [--rounds N] [--threads N] [--anchors FOLDER] [--python PYTHON]
//                          [--split FOLDER] [--lengths FILE,FILE,…]
//   node …/peers.js run IN OUT THREADS     one run; the last line of output is {"seconds","windows","sum","residentMb"}
//
// Peers: `--python` with polars runs windowing/polars_batch.py of the anchors; `--split`, a folder with the same events
// in two files, runs flink/ with two tasks, where it is built. One that is not there is left out. Seconds are each one's
// own, after its libraries are loaded; wall and CPU seconds are of the whole process. Rounds are taken in turn.
// `--lengths` takes files of the same customers, each longer than the last, and prints the peak of resident memory.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveIngest } from '../src/ingest/ingest-settings.js';
import { createFileSource } from '../src/transport/file/file-source.js';
import { createIngestParsers } from '../src/transport/file/ingest-parsers.js';
import { resolveWindow } from '../src/window/window-settings.js';
import { createWindower } from '../src/window/windower.js';
import { build } from './measure/build.js';
import { type ChildRun, runChild } from './measure/run-child.js';
import { createSeriesWriter } from './measure/series-writer.js';
import { median, showMedian } from './measure/statistics.js';

if (process.argv[2] === 'run') await run(process.argv[3]!, process.argv[4]!, Number(process.argv[5]));
else compare();

async function run(from: string, to: string, threads: number): Promise<void> {
  const begin = performance.now();
  const settings = resolveIngest({
    fields: { customer: 'customerId', time: 'timestamp' },
    channels: [{ name: 'value', field: 'value' }],
    time: { unit: 'ms' },
  });
  const source = await createFileSource({ paths: [from], threads }, createIngestParsers(settings));
  const windower = createWindower(resolveWindow({ step: '1h', steps: 24, minObserved: 1 }));
  const writer = createSeriesWriter(to);
  for (let batch = await source.pull(); batch !== undefined; batch = await source.pull()) {
    for (const page of windower.push(batch)) writer.write(page);
  }
  for (const page of windower.finish()) writer.write(page);
  writer.close();
  await source.close();
  const { windows, sum } = writer;
  const residentMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds: (performance.now() - begin) / 1000, windows, sum, residentMb }));
}

function compare(): void {
  const { values: flags } = parseArgs({
    options: {
      data: { type: 'string' },
      rounds: { type: 'string', default: '20' },
      threads: { type: 'string', default: '1' },
      anchors: { type: 'string', default: '../shared/anchors' },
      python: { type: 'string', default: 'python3' },
      split: { type: 'string' },
      lengths: { type: 'string' },
    },
  });
  const folder = build(['bench/peers.ts', 'src/transport/parse-threads/parse-thread.ts']);
  const out = join(tmpdir(), 'segtide-bench-peers');
  const ours = (data: string): string[] => [
    process.execPath,
    join(folder, 'bench/peers.js'),
    'run',
    data,
    out,
    flags.threads,
  ];
  if (flags.data !== undefined) {
    const commands = new Map([['segtide', ours(flags.data)]]);
    const polars = join(flags.anchors, 'windowing/polars_batch.py');
    if (existsSync(polars) && canImportPolars(flags.python)) {
      commands.set('polars', [flags.python, polars, flags.data, `${out}-polars`]);
    } else console.log('polars is left out: no anchors or no polars');
    const flink = join(flags.anchors, 'flink/target');
    if (flags.split !== undefined && existsSync(flink)) {
      commands.set('flink', toFlinkCommand(flink, flags.split, `${out}-flink`));
    } else console.log('flink is left out: no --split or not built');
    takeTurns(commands, Number(flags.rounds));
  }
  for (const data of flags.lengths?.split(',') ?? []) {
    const { report } = runChild(ours(data));
    console.log(`${data}: ${report.windows} windows, ${report.residentMb!.toFixed(0)} MB resident at most`);
  }
}

function takeTurns(commands: ReadonlyMap<string, readonly string[]>, rounds: number): void {
  const runs = new Map<string, ChildRun[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of commands) runs.set(name, [...(runs.get(name) ?? []), runChild(command)]);
  }
  const own = runs.get('segtide')!;
  const { windows, sum } = own[0]!.report;
  for (const [name, all] of runs) {
    const wrong = all.find(({ report }) => report.windows !== windows || Math.abs(report.sum! - sum!) > 1);
    if (wrong !== undefined) throw new Error(`${name} counts otherwise: ${JSON.stringify(wrong.report)}`);
    const of = (pick: (one: ChildRun) => number): string => median(all.map(pick)).toFixed(2);
    const ratios = all.map(({ report }, round) => report.seconds! / own[round]!.report.seconds!);
    console.log(
      `${name.padEnd(8)} ${of(({ report }) => report.seconds!)} s, process ${of(({ wall }) => wall)} s wall, ` +
        `${of(({ cpu }) => cpu)} s CPU; segtide is ${showMedian(ratios)} times as fast (${rounds} rounds)`,
    );
  }
}

function canImportPolars(python: string): boolean {
  try {
    runChild([python, '-c', 'import polars']);
    return true;
  } catch {
    return false;
  }
}

function toFlinkCommand(target: string, split: string, out: string): string[] {
  const opens = ['java.util', 'java.lang', 'java.util.concurrent', 'java.nio'].map(
    (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
  );
  const classes = `${target}/classes:${target}/lib/*`;
  return ['java', '-Xmx4g', ...opens, '-cp', classes, 'bench.Windowing', split, out, '2', 'hashmap'];
}
