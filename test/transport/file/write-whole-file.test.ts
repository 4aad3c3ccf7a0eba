import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWholeFile } from '../../../src/transport/file/write-whole-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-write-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeWholeFile', () => {
  it('makes the folder, and leaves nothing beside the file', async () => {
    const path = join(folder, 'a', 'b', 'file');
    await writeWholeFile(path, 'one');
    await writeWholeFile(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file']);
  });

  it('writes into the file that a link leads to', async () => {
    const [file, link] = [join(folder, 'file'), join(folder, 'link')];
    await writeFile(file, 'one');
    await symlink(file, link);
    await writeWholeFile(link, 'two');
    expect(await readFile(file, 'utf8')).toBe('two');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('writes through a pipe, which stays a pipe', async () => {
    const path = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
    const [, read] = await Promise.all([writeWholeFile(path, 'one'), readFile(path, 'utf8')]);
    expect(read).toBe('one');
    expect((await lstat(path)).isFIFO()).toBe(true);
  });

  it('names a folder that is in the way', async () => {
    const path = join(folder, 'there');
    await mkdir(path);
    await expect(writeWholeFile(path, 'one')).rejects.toMatchObject({
      code: 'output',
      message: expect.stringContaining(`Cannot write ${path}: it is a folder; name a file`),
    });
    expect(await readdir(folder)).toEqual(['there']);
  });
});
