import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Machine } from './doctor-report.js';

/** What segtide would run on. */
export function inspectMachine(): Machine {
  // A container may be given less than the machine has; where there is no limit this is 0 or absurdly much.
  const limit = process.constrainedMemory() || totalmem();
  return {
    platform: platform(),
    arch: arch(),
    processor: cpus()[0]?.model.trim().replace(/\s+/g, ' ') ?? 'unknown',
    cores: availableParallelism(),
    features: vectorFeatures(arch(), readCpuFlags),
    memoryBytes: Math.min(totalmem(), limit),
    freeMemoryBytes: process.availableMemory(),
    heapLimitBytes: getHeapStatistics().heap_size_limit,
  };
}

/**
 * Vector instructions of the processor, by the names that people use.
 *
 * @param readFlags the flags that Linux lists; undefined elsewhere
 * @returns null where the system does not tell
 */
export function vectorFeatures(
  architecture: string,
  readFlags: () => readonly string[] | undefined,
): readonly string[] | null {
  // Every 64-bit ARM has it.
  if (architecture === 'arm64') return ['NEON'];
  const flags = readFlags();
  if (flags === undefined) return null;
  return FEATURES.filter(([flag]) => flags.includes(flag)).map(([, name]) => name);
}

const FEATURES = [
  ['sse4_2', 'SSE4.2'],
  ['avx', 'AVX'],
  ['avx2', 'AVX2'],
  ['fma', 'FMA'],
  ['avx512f', 'AVX-512'],
] as const;

function readCpuFlags(): readonly string[] | undefined {
  try {
    return /^flags\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ');
  } catch {
    return undefined;
  }
}
