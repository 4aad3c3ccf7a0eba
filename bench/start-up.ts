// How soon the command answers: the first line of `segtide --help`, against Node doing nothing; and what the first
// demo takes, wall and CPU, and when the first of its customers has a segment.
//
//   npx tsx bench/start-up.ts [--rounds 10] [--demos 3]
//
// Build first: npm run build. Of --help, the time from the start of the process to its first output counts; of Node,
// to the end of the process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from './measure/run-child.js';
import { median, showMedian } from './measure/statistics.js';

const MAIN = join(import.meta.dirname, '../dist/service/cli/main.js');
const POLL_MS = 50;

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, demos: { type: 'string', default: '3' } },
});
const help: number[] = [];
const node: number[] = [];
for (let round = 0; round < Number(flags.rounds); round++) {
  help.push(await timeFirstOutput([MAIN, '--help']));
  node.push(runChild([process.execPath, '-e', '0']).wall * 1000);
}
console.log(`first line of --help ${showMedian(help, 0)} ms, node -e 0 ${showMedian(node, 0)} ms`);

const folder = mkdtempSync(join(tmpdir(), 'segtide-start-up-'));
try {
  const firsts: number[] = [];
  const walls: number[] = [];
  for (let demo = 0; demo < Number(flags.demos); demo++) {
    const { first, wall } = await runDemo(join(folder, `${demo}`));
    firsts.push(first);
    walls.push(wall);
  }
  const { cpu } = runChild([process.execPath, MAIN, 'demo', 'flights', '-o', join(folder, 'cpu')]);
  const show = (values: readonly number[]): string => `${median(values).toFixed(1)} s`;
  console.log(
    `demo flights: first segments after ${show(firsts)}, done after ${show(walls)}, ${cpu.toFixed(1)} s of CPU`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

async function timeFirstOutput(args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const passed = performance.now() - begin;
  child.stdout.resume();
  await once(child, 'close');
  return passed;
}

async function runDemo(output: string): Promise<{ readonly first: number; readonly wall: number }> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const child = spawn(process.execPath, [MAIN, 'demo', 'flights', '-o', output], { stdio: 'ignore' });
  const isAssigned = createWatch(join(output, 'assignments.ndjson'), '"segmentId":"');
  let first: number | undefined;
  const timer = setInterval(() => {
    if (first === undefined && isAssigned()) first = seconds();
  }, POLL_MS);
  await once(child, 'close');
  clearInterval(timer);
  return { first: first ?? seconds(), wall: seconds() };
}

/** Reads what was added to a file since the last call; whether a text is in it. */
function createWatch(path: string, text: string): () => boolean {
  const buffer = Buffer.alloc(1 << 20);
  let position = 0;
  return () => {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return false; // not made yet
    }
    const read = readSync(file, buffer, 0, buffer.length, position);
    closeSync(file);
    if (buffer.subarray(0, read).includes(text)) return true;
    position += Math.max(0, read - text.length);
    return false;
  };
}
