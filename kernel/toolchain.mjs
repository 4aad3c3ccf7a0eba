import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where the kernel's source is. */
export const KERNEL = import.meta.dirname;

/** The pinned version of Rust. */
export const PINNED = /channel = "(.*)"/.exec(readFileSync(`${KERNEL}/rust-toolchain.toml`, 'utf8'))[1];

/** Runs a command in kernel/; nothing is installed on the way. */
export function run(command, args, options = {}) {
  return spawnSync(command, args, {
    cwd: KERNEL,
    encoding: 'utf8',
    ...options,
    env: { ...process.env, RUSTUP_AUTO_INSTALL: '0', ...options.env },
  });
}

/** Why the pinned toolchain cannot be used; nothing when it can. */
export function missingToolchain() {
  for (const command of ['cargo', 'rustc']) {
    const { status, stdout, error } = run(command, ['--version']);
    if (error !== undefined || status !== 0) return `Rust ${PINNED} is not installed`;
    if (command === 'rustc' && !stdout.startsWith(`rustc ${PINNED} `)) {
      return `Rust ${PINNED} is wanted, and ${stdout.trim()} is there`;
    }
  }
  return undefined;
}
