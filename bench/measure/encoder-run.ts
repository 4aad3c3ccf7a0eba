// One of our encoders or clusterings by itself: encoder-run.ts FOLDER KIND STEPS THREADS ENGINE, with windows-STEPS.f32 in
// the folder. Prints an `EncoderRun` as JSON.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VraeEngine } from '../../src/encode/vrae/vrae-options.js';
import { isWorkload, WORKLOADS } from './encoder-workloads.js';

/** Windows per second of processor time and by the clock, and the process's largest resident memory in MiB. */
export interface EncoderRun {
  readonly fitCpu: number;
  readonly fitWall: number;
  /** Undefined of clusterings. */
  readonly embedCpu?: number;
  readonly embedWall?: number;
  readonly peak: number;
}

/** Windows that are fitted once before, for the compiler. */
const FIRST = 200;
/** Seconds of processor time that embedding is repeated for at least. */
const LEAST_SECONDS = 0.3;

const [folder, kind, steps, threads, engine] = process.argv.slice(2);
if (!isWorkload(kind!)) throw new Error(`no workload is called ${kind}`);
const cells = Number(steps);
const bytes = readFileSync(join(folder!, `windows-${steps}.f32`));
const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const settings = { threads: Number(threads), engine: engine as VraeEngine };
const workload = WORKLOADS[kind];

await (await workload(values.subarray(0, FIRST * cells), cells, settings)).learn();
const { learn } = await workload(values, cells, settings);
const fitted = await timed(learn);
const run = { fitCpu: fitted.result.windows / fitted.cpu, fitWall: fitted.result.windows / fitted.wall };
const { embed } = fitted.result;
if (embed !== undefined) {
  await embed();
  let [windows, cpu, wall] = [0, 0, 0];
  while (cpu < LEAST_SECONDS) {
    const embedded = await timed(embed);
    windows += values.length / cells;
    cpu += embedded.cpu;
    wall += embedded.wall;
  }
  Object.assign(run, { embedCpu: windows / cpu, embedWall: windows / wall });
}
console.log(JSON.stringify({ ...run, peak: process.resourceUsage().maxRSS / 1024 }));

/** Seconds of processor time, of all threads, and by the clock. */
async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly cpu: number; readonly wall: number }> {
  const [before, start] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const used = process.cpuUsage(before);
  return { result, cpu: (used.user + used.system) / 1e6, wall: (performance.now() - start) / 1000 };
}
