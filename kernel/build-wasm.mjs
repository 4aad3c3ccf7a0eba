// Builds the WebAssembly modules into kernel/wasm, the same bytes wherever the source lies.
//
//   node kernel/build-wasm.mjs [--check]      with --check, compares with the modules that are there
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KERNEL, missingToolchain, run } from './toolchain.mjs';

const FEATURES = { simd128: '+simd128', relaxed: '+simd128,+relaxed-simd' };

const check = process.argv.includes('--check');
const missing = missingToolchain();
if (missing !== undefined) {
  console.error(`kernel: ${missing}`);
  process.exit(1);
}

const folder = check ? mkdtempSync(join(tmpdir(), 'segtide-kernel-')) : join(KERNEL, 'wasm');
let stale = 0;
for (const [name, features] of Object.entries(FEATURES)) {
  const file = `segtide-kernel-${name}.wasm`;
  // By the compiler itself, since there are no dependencies: cargo would put the folder's name into hashes.
  const flags = ['opt-level=3', 'lto=fat', 'codegen-units=1', 'panic=abort', 'strip=symbols'];
  const { status, stderr } = run('rustc', [
    ...['--crate-name', 'segtide_kernel', '--crate-type', 'cdylib', '--edition', '2024'],
    ...['--target', 'wasm32-unknown-unknown', ...flags.flatMap((flag) => ['-C', flag])],
    ...['-C', `target-feature=${features}`, `--remap-path-prefix=${KERNEL}=/kernel`],
    ...['-o', join(folder, file), 'src/lib.rs'],
  ]);
  if (status !== 0) {
    console.error(stderr);
    process.exit(1);
  }
  if (!check || readFileSync(join(folder, file)).equals(readFileSync(join(KERNEL, 'wasm', file)))) continue;
  console.error(`kernel/wasm/${file} is not what the source gives: run npm run build:wasm`);
  stale++;
}
if (check) rmSync(folder, { recursive: true });
process.exit(stale);
