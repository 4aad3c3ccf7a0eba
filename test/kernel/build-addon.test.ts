import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
});
