import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRandom } from '../../src/numeric/random.js';
import { shuffle } from '../../src/numeric/shuffle.js';

/** What a labelled stream with a planted change is made of. */
export interface DriftStream {
  readonly set: string;
  readonly scenario: string;
  readonly seed: number;
}

/** Where the protocol's scripts, the sets of labelled windows and the interpreter for the scripts are. */
export interface DriftProtocol {
  readonly scripts: string;
  readonly data: string;
  readonly python: string;
  /** @default 200 */
  readonly customers?: number;
}

export interface DriftStreamMeta {
  readonly T: number;
  readonly k: number;
  readonly rounds: number;
  readonly drift_round: number;
  readonly customers: number;
}

/** Scenarios of this project, made from a stream without a change. */
const OWN_SCENARIOS: Readonly<Record<string, (stream: Turn) => number[]>> = {
  // Every segment's quarters come in another order, each segment's in one of its own.
  reshape: ({ series, segment, isAfter, random }) => (isAfter ? reorder(series, random(segment)) : series),
  // As `shape`, but customers turn one by one over five rounds.
  gradual: ({ series, round, driftRound, customer, random }) =>
    round >= driftRound + random(customer).below(5) ? roll(series) : series,
};

interface Turn {
  readonly series: number[];
  readonly segment: number;
  readonly customer: number;
  readonly round: number;
  readonly driftRound: number;
  readonly isAfter: boolean;
  /** A source of its own for each thing that is drawn once. */
  random(of: number): ReturnType<typeof createRandom>;
}

/** The stream's folder, made where it is not there: windows.ndjson, truth.csv and meta.json of the protocol. */
export function makeDriftStream(stream: DriftStream, protocol: DriftProtocol): string {
  const { customers = 200 } = protocol;
  const size = customers === 200 ? '' : `_c${customers}`;
  const folder = join(protocol.scripts, 'streams', `${stream.set}_${stream.scenario}_s${stream.seed}${size}`);
  if (existsSync(join(folder, 'meta.json'))) return folder;
  const change = OWN_SCENARIOS[stream.scenario];
  if (change === undefined) makeByProtocol(stream, protocol, folder);
  else turnWindows(makeDriftStream({ ...stream, scenario: 'none' }, protocol), folder, stream, change);
  return folder;
}

export function readMeta(folder: string): DriftStreamMeta {
  return JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'));
}

/** The events that the windows of a stream were cut from, in order of time: a line each. */
export function writeEvents(folder: string, path: string): void {
  const { T: steps, customers } = readMeta(folder);
  const windows = readWindows(folder);
  const lines: string[] = [];
  for (let first = 0; first < windows.length; first += customers) {
    const round = windows.slice(first, first + customers);
    for (let step = 0; step < steps; step++) {
      for (const { start, ts, customer, series } of round) {
        const time = start + (step * (ts - start)) / steps;
        lines.push(`{"ts":${time},"customer":"${customer}","value":${series[step]!.toFixed(5)}}`);
      }
    }
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

interface WindowLine {
  readonly ts: number;
  readonly start: number;
  readonly customer: string;
  readonly window: number;
  readonly series: number[];
}

function readWindows(folder: string): readonly WindowLine[] {
  return readFileSync(join(folder, 'windows.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function makeByProtocol({ set, scenario, seed }: DriftStream, protocol: DriftProtocol, folder: string): void {
  const from = join(protocol.data, `${set}.csv.gz`);
  const options = ['--set', from, '--scenario', scenario, '--out', folder, '--seed', String(seed)];
  const { customers = 200 } = protocol;
  const script = join(protocol.scripts, 'make_stream.py');
  execFileSync(
    protocol.python,
    [script, ...options, '--customers', String(customers), '--jitter', '0', '--no-events'],
    { stdio: 'ignore' },
  );
}

function turnWindows(from: string, to: string, { scenario, seed }: DriftStream, change: (turn: Turn) => number[]) {
  const meta = { ...readMeta(from), scenario };
  const truth = readFileSync(join(from, 'truth.csv'), 'utf8').trim().split('\n').slice(1);
  const random = (of: number) => createRandom(1000 * seed + of);
  const lines = readWindows(from).map((window, i) => {
    const [, , , customer, round, phase, segment] = truth[i]!.split(',');
    const series = change({
      series: window.series,
      segment: Number(segment),
      customer: Number(customer!.slice(1)),
      round: Number(round),
      driftRound: meta.drift_round,
      isAfter: phase === '1',
      random,
    });
    return JSON.stringify({ ...window, series });
  });
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'windows.ndjson'), `${lines.join('\n')}\n`);
  writeFileSync(join(to, 'truth.csv'), readFileSync(join(from, 'truth.csv')));
  writeFileSync(join(to, 'meta.json'), JSON.stringify(meta));
}

function reorder(series: number[], random: ReturnType<typeof createRandom>): number[] {
  const order = Uint32Array.from({ length: 4 }, (_, i) => i);
  do shuffle(order, random);
  while (order.every((quarter, i) => quarter === i));
  const bound = (quarter: number) => Math.floor((quarter * series.length) / 4);
  return Array.from(order).flatMap((quarter) => series.slice(bound(quarter), bound(quarter + 1)));
}

function roll(series: number[]): number[] {
  const by = Math.floor(series.length / 4);
  return [...series.slice(-by), ...series.slice(0, -by)];
}
