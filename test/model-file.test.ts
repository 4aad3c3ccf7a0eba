import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readModel, saveModel } from '../src/model-file.js';
import { prepareSeries } from '../src/series/prepare-series.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import { openModel } from '../src/train/loaded-model.js';
import { smallModels, smallWindows } from './support/small-models.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-model-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a model file', () => {
  it('gives back the model, which then encodes the same', async () => {
    const [trained] = await smallModels(1);
    const model = decodeArtifact(trained!.artifact);
    const path = join(folder, 'models', 'usage.safetensors');
    await saveModel(path, model);
    const back = await readModel(path);
    expect(back).toEqual(model);
    expect(await readdir(join(folder, 'models'))).toEqual(['usage.safetensors']);

    const windows = smallWindows();
    const encode = async (of: typeof model) => {
      const { encoder, settings, scale } = openModel(of);
      return (await encoder.encode(prepareSeries(settings, scale, windows))).embeddings;
    };
    expect(await encode(back)).toEqual(await encode(model));
  });

  it('names the file that is cut off or missing', async () => {
    const [trained] = await smallModels(1);
    const path = join(folder, 'model.safetensors');
    await saveModel(path, decodeArtifact(trained!.artifact));
    await truncate(path, 700);
    await expect(readModel(path)).rejects.toMatchObject({ code: 'state', context: { path } });
    await expect(readModel(path)).rejects.toThrow(/model\.safetensors: The model can't be read: the file is cut off/);
    await expect(readModel(join(folder, 'none'))).rejects.toMatchObject({ code: 'input' });
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'input',
      message: `Cannot read ${folder}: it is a folder; name the model file in it.`,
    });
    await writeFile(path, gzipSync(trained!.artifact));
    await expect(readModel(path)).rejects.toThrow(/the file is gzipped\. Unpack it/);
  });

  it('leaves the file before as it was where the new one cannot be written', async () => {
    const [trained] = await smallModels(1);
    const model = decodeArtifact(trained!.artifact);
    const path = join(folder, 'file');
    await writeFile(path, 'no folder');
    await expect(saveModel(join(path, 'model'), model)).rejects.toMatchObject({ code: 'output' });
    expect(await readFile(path, 'utf8')).toBe('no folder');
    await expect(saveModel(folder, model)).rejects.toMatchObject({ code: 'output' });
    expect(await readdir(folder)).toEqual(['file']);
    expect(existsSync(`${folder}.part`)).toBe(false);
  });
});
