import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openRandomKernels } from '../../src/encode/views/open-random-kernels.js';
import type { RandomKernelEngine } from '../../src/encode/views/random-kernel-engine.js';
import { fitRandomKernels, type RandomKernelWindows } from '../../src/encode/views/random-kernels.js';
import { createRandom } from '../../src/numeric/random.js';

export interface KernelShape {
  readonly steps: number;
  readonly channels: number;
}

/** Windows as customers' usage has them: waves of any period and level, and noise. */
export function createUsageWindows({ steps, channels }: KernelShape, length: number): RandomKernelWindows {
  const random = createRandom(steps);
  const values = new Float32Array(length * steps * channels);
  for (let i = 0; i < length; i++) {
    const frequency = 0.1 + 2 * random.next();
    for (let at = i * steps * channels; at < (i + 1) * steps * channels; at++) {
      values[at] = Math.sin(frequency * Math.floor(at / channels)) + 0.5 * random.normal();
    }
  }
  return { length, steps, channels, values };
}

/** The random-kernel features of all windows. */
export function createTransform(windows: RandomKernelWindows, engine: Partial<RandomKernelEngine>): () => void {
  const { features, transform } = openRandomKernels(fitRandomKernels(windows, { seed: 1 }), engine);
  const out = new Float32Array(windows.length * features);
  return () => transform(windows.values, windows.length, out);
}

/** Microseconds a window. */
export interface AeonTimes {
  readonly compiled: { readonly median: number; readonly least: number };
  readonly public: { readonly median: number; readonly least: number };
}

/** aeon's MiniRocket in a process of its own, on the same windows; asked one shape at a time. */
export interface Aeon {
  measure(shape: KernelShape, seconds: number): Promise<AeonTimes>;
  close(): void;
}

export function startAeon(python: string, shapes: readonly KernelShape[], length: number): Aeon {
  const folder = mkdtempSync(join(tmpdir(), 'segtide-features-'));
  for (const shape of shapes) {
    const { values } = createUsageWindows(shape, length);
    writeFileSync(join(folder, `windows-${shape.steps}-${shape.channels}.f32`), values);
  }
  const script = join(import.meta.dirname, '../reference/minirocket_aeon.py');
  const child: ChildProcess = spawn(python, [script, folder, `${length}`, '420'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async measure({ steps, channels }, seconds) {
      child.stdin!.write(`${steps} ${channels} ${seconds}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${python} ${script} ended before it answered`);
      return JSON.parse(value);
    },
    close() {
      child.stdin!.end();
      rmSync(folder, { recursive: true });
    },
  };
}
