import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../src/transport/file/make-folder.js';

const scratch = mkdtempSync(join(tmpdir(), 'segtide-make-folder-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('makeFolder', () => {
  it('makes a folder and those above it', async () => {
    await makeFolder(join(scratch, 'a', 'b', 'c'));
    expect(statSync(join(scratch, 'a', 'b', 'c')).isDirectory()).toBe(true);
  });

  it('leaves a folder that is there alone, also where another makes it at the same time', async () => {
    await makeFolder(scratch);
    for (let round = 0; round < 100; round++) {
      const path = join(scratch, `${round}`, 'x', 'y');
      await Promise.all([makeFolder(path), makeFolder(path), makeFolder(path)]);
      expect(statSync(path).isDirectory()).toBe(true);
    }
  });

  it('refuses the name of a file, and a folder below one', async () => {
    writeFileSync(join(scratch, 'file'), '');
    await expect(makeFolder(join(scratch, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(scratch, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('fails where no folder can be made, and does not try for ever', { skip: !existsSync('/proc/self') }, async () => {
    await expect(makeFolder('/proc/segtide-out')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(makeFolder('/proc/segtide-out/below')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
