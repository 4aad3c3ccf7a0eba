import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const KERNEL = join(import.meta.dirname, '../../kernel');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-kernel-'));
  for (const name of ['build-addon.mjs', 'toolchain.mjs', 'rust-toolchain.toml']) {
    copyFileSync(join(KERNEL, name), join(folder, name));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('build-addon', () => {
  it('leaves no addon of an earlier source where it cannot build one', () => {
    const addon = join(folder, 'segtide-kernel.node');
    writeFileSync(addon, 'built from the source before');
    const said = execFileSync(process.execPath, [join(folder, 'build-addon.mjs')], {
      encoding: 'utf8',
      env: { PATH: folder },
    });
    expect(said).toMatch(/is not installed: the WebAssembly engine will be used/);
    expect(existsSync(addon)).toBe(false);
  });

  it('says what takes so long before it begins, and how to leave it out', () => {
    const pinned = /channel = "(.*)"/.exec(readFileSync(join(folder, 'rust-toolchain.toml'), 'utf8'))![1];
    // A toolchain that tells its version and builds nothing.
    for (const name of ['cargo', 'rustc']) {
      const text = `#!/bin/sh\n[ "$1" = --version ] && echo "${name} ${pinned} (fake)"\n`;
      writeFileSync(join(folder, name), text, { mode: 0o755 });
    }
    const build = (env: Record<string, string>): string =>
      execFileSync(process.execPath, [join(folder, 'build-addon.mjs')], {
        encoding: 'utf8',
        env: { PATH: folder, ...env },
      });
    expect(build({})).toMatch(
      /^kernel: building the native engine with cargo, which takes minutes the first time \(SKIP_ADDON=1 skips it\)\n/,
    );
    expect(build({ SKIP_ADDON: '1' })).toBe('kernel: SKIP_ADDON is set: the WebAssembly engine will be used\n');
  });
});
