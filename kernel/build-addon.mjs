// Builds the Node addon into kernel/segtide-kernel.node, where the pinned Rust toolchain is there. Without it nothing is
// wrong: the WebAssembly engine needs no build.
//
//   node kernel/build-addon.mjs [--required]      with --required, to have no addon is a failure
//   SKIP_ADDON=1 npm ci                           builds none
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { KERNEL, missingToolchain, run } from './toolchain.mjs';

const LIBRARY = { darwin: 'libsegtide_kernel.dylib', win32: 'segtide_kernel.dll' };

const ADDON = `${KERNEL}/segtide-kernel.node`;
const required = process.argv.includes('--required');
if (process.env.SKIP_ADDON && !required) giveUp('SKIP_ADDON is set: the WebAssembly engine will be used');
const missing = missingToolchain();
if (missing !== undefined) giveUp(`${missing}: the WebAssembly engine will be used`);
console.log(
  'kernel: building the native engine with cargo, which takes minutes the first time (SKIP_ADDON=1 skips it)',
);

const { status, stderr } = run('cargo', ['build', '--release', '--locked', '--quiet', '--lib', '--features', 'addon'], {
  env: { CARGO_TARGET_DIR: `${KERNEL}/target` },
});
if (status !== 0) giveUp(`the addon does not build, and the WebAssembly engine will be used:\n${stderr}`);

// Renamed into place: a process that runs the one from before keeps it.
const built = `${KERNEL}/target/release/${LIBRARY[process.platform] ?? 'libsegtide_kernel.so'}`;
copyFileSync(built, `${ADDON}.new`);
renameSync(`${ADDON}.new`, ADDON);

function giveUp(reason) {
  // One of an earlier source would be loaded, and compute something else.
  rmSync(ADDON, { force: true });
  console.log(`kernel: ${reason}`);
  process.exit(required ? 1 : 0);
}
