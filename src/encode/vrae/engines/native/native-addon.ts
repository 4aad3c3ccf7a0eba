import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { KERNEL_VERSION } from '../kernel-engine.js';
import { isCutOff } from './is-cut-off.js';

/** What the addon exports; see kernel/src/addon.rs. */
export interface NativeAddon {
  kernelVersion(): string;
  /** The processor's, best first. */
  instructionSets(): string[];
  readonly NativeEngine: new (threads: number, lanes: number) => NativeHandle;
}

export interface NativeHandle {
  readonly instructions: string;
  allocate(length: number): NativeMemory;
  createLayer(
    gru: boolean,
    steps: number,
    inputs: number,
    hidden: number,
    rows: number,
    training: boolean,
    allOutputs: boolean,
    inputGradients: boolean,
  ): number;
  layerBuffers(layer: number): NativeMemory[];
  load(layer: number, weights: Float32Array): void;
  forward(layer: number, rows: number): void;
  backward(layer: number, rows: number): void;
  multiply(
    a: NativeMemory,
    b: NativeMemory,
    out: NativeMemory,
    m: number,
    n: number,
    inner: number,
    flags: number,
  ): void;
  squaredDistances(
    points: NativeMemory,
    centroids: NativeMemory,
    out: NativeMemory,
    rows: number,
    count: number,
    size: number,
  ): void;
  assignNearest(
    points: Float32Array,
    centroids: Float32Array,
    count: number,
    size: number,
    sharpness: number,
    nearest: Uint16Array,
    distances: Float32Array,
    margins: Float32Array,
    confidences: Float32Array,
  ): void;
  createRandomKernels(
    steps: number,
    channels: number,
    dilations: Int32Array,
    biasCounts: Int32Array,
    subsets: Uint8Array,
    biases: Float32Array,
  ): NativeRandomKernels;
  transformRandomKernels(kernels: NativeRandomKernels, values: Float32Array, rows: number, out: Float32Array): void;
  warp(
    series: Float32Array,
    references: Float32Array,
    rows: number,
    count: number,
    steps: number,
    channels: number,
    band: number,
    squared: Float32Array,
  ): void;
  operate(
    operation: number,
    a: NativeMemory,
    b: NativeMemory,
    c: NativeMemory,
    d: NativeMemory,
    e: NativeMemory,
    f: NativeMemory,
    s0: number,
    s1: number,
    s2: number,
    s3: number,
    s4: number,
    s5: number,
    s6: number,
    x0: number,
    x1: number,
    x2: number,
  ): number;
  addColumns(values: Float32Array, rows: number, centers: Float64Array, sums: Float64Array): void;
  addScatter(values: Float32Array, rows: number, means: Float64Array, weights: Float64Array, sums: Float64Array): void;
  leadingEigenpairs(
    symmetric: Float64Array,
    size: number,
    least: number,
    values: Float64Array,
    vectors: Float64Array,
  ): number;
  project(
    features: Float32Array,
    rows: number,
    bounds: Float32Array,
    means: Float32Array,
    projection: Float32Array,
    size: number,
    out: Float32Array,
    offset: number,
    stride: number,
  ): void;
  peak(loops: number): number;
  dispose(): void;
}

/** A buffer of the addon's. */
export interface NativeMemory {
  /** An array over the memory itself; both keep it. */
  view(): Float32Array;
}

/** Random kernels of the addon's, for the engine that made them; only the addon looks inside. */
export type NativeRandomKernels = object;

/** Whether the addon loads here, and why not. */
export type NativeAvailability =
  | { readonly available: true; readonly addon: NativeAddon; readonly path: string }
  | { readonly available: false; readonly reason: string };

/** Where a clone's build leaves the addon. */
const BUILT = fileURLToPath(new URL('../../../../../kernel/segtide-kernel.node', import.meta.url));

/**
 * Loads the addon: what a clone built in kernel/, or the package for this platform.
 *
 * @param paths files or packages to try in turn
 */
export function loadNativeAddon(paths: Iterable<string> = usualPaths()): NativeAvailability {
  const require = createRequire(import.meta.url);
  const reasons: string[] = [];
  for (const path of paths) {
    try {
      const file = require.resolve(path);
      if (isCutOff(readFileSync(file))) throw new Error('the file is cut off: build or install it anew');
      const addon = require(file) as NativeAddon;
      const version = addon.kernelVersion?.();
      if (version === KERNEL_VERSION) return { available: true, addon, path };
      reasons.push(`${path} is version ${version}, and ${KERNEL_VERSION} is wanted: build or install it anew`);
    } catch (error) {
      reasons.push(toReason(path, error));
    }
  }
  return { available: false, reason: reasons.join('; ') };
}

function* usualPaths(): Iterable<string> {
  yield BUILT;
  yield platformPackage();
}

/** The package that holds the addon for a platform, as kernel/pack-addon.mjs names it. */
export function platformPackage(platform: string = process.platform, arch: string = process.arch): string {
  const suffix = platform === 'linux' ? (hasGlibc() ? '-gnu' : '-musl') : platform === 'win32' ? '-msvc' : '';
  return `@segtide/kernel-${platform}-${arch}${suffix}`;
}

let glibc: boolean | undefined;

function hasGlibc(): boolean {
  // A report takes a tenth of a second, since it tells of the network as well.
  glibc ??= toHeader(process.report.getReport()).glibcVersionRuntime !== undefined;
  return glibc;
}

function toHeader(report: object): { readonly glibcVersionRuntime?: string } {
  return (report as { readonly header?: { readonly glibcVersionRuntime?: string } }).header ?? {};
}

function toReason(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'MODULE_NOT_FOUND') return `${path} does not load: ${message.split('\n', 1)[0]}`;
  return path === BUILT
    ? 'no addon was built in kernel/ (in a clone, `npm run build` does so where the pinned Rust toolchain is)'
    : `${path} is not installed`;
}
