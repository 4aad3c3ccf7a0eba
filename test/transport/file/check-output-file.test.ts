import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOutputFile } from '../../../src/transport/file/check-output-file.js';

let folder: string;
let input: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-output-'));
  input = join(folder, 'input.csv');
  await writeFile(input, 's0\n1\n');
  await symlink(input, join(folder, 'link.csv'));
  await mkdir(join(folder, 'sub'));
  await symlink(join(folder, 'sub'), join(folder, 'sub-link'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('checkOutputFile', () => {
  it('takes a place that is free, or that another file has', async () => {
    await checkOutputFile(join(folder, 'new', 'out.csv'), [input]);
    await checkOutputFile(input, [join(folder, 'other.csv'), undefined, '-']);
  });

  it('leaves nothing behind', async () => {
    await checkOutputFile(join(folder, 'sub', 'out.csv'), []);
    await checkOutputFile(join(folder, 'sub', 'new', 'deep', 'out.csv'), []);
    expect(await readdir(join(folder, 'sub'))).toEqual([]);
  });

  it('refuses a place within a file, and one below it', async () => {
    for (const path of [join(input, 'out.csv'), join(input, 'sub', 'out.csv')]) {
      await expect(checkOutputFile(path, [])).rejects.toMatchObject({
        code: 'output',
        message: expect.stringContaining('a part of the path is a file'),
      });
    }
  });

  it.each(['input.csv', 'link.csv', 'sub/../input.csv', 'sub-link/../input.csv'])(
    'refuses an input as %s',
    async (name) => {
      for (const path of [`${folder}/${name}`, relative('.', `${folder}/${name}`)]) {
        await expect(checkOutputFile(path, [undefined, input])).rejects.toMatchObject({
          code: 'config',
          message: `Cannot write ${path}: this command uses ${input} already, which would be overwritten; name another file.`,
        });
      }
    },
  );

  it('refuses one place for two results, though nothing is there yet', async () => {
    const check = checkOutputFile(join(folder, 'sub', 'out'), [join(folder, 'sub-link', 'out')]);
    await expect(check).rejects.toMatchObject({ code: 'config' });
  });

  it('refuses standard output', async () => {
    await expect(checkOutputFile('-', [])).rejects.toMatchObject({
      code: 'config',
      message: 'Cannot write -: standard output is for what the command tells; name a file.',
    });
  });

  it.runIf(process.platform === 'linux')('says of a folder that takes no files that it does not', async () => {
    await expect(checkOutputFile('/proc/model.safetensors', [])).rejects.toMatchObject({
      code: 'output',
      message: 'Cannot write /proc/model.safetensors: no file can be made in its folder; choose another.',
    });
  });

  it('refuses a folder', async () => {
    await expect(checkOutputFile(join(folder, 'sub'), [])).rejects.toMatchObject({
      code: 'config',
      message: `Cannot write ${join(folder, 'sub')}: it is a folder; name a file.`,
    });
  });
});
