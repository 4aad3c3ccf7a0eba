import { rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packSavedModel, unpackTfjs } from '../../../src/encode/tfjs/pack-tfjs.js';
import { readTfjsFile } from '../../../src/encode/tfjs/read-tfjs-file.js';
import { type SmallTfjs, smallLayers, writeTfjs } from '../../support/tfjs-models.js';

const files: string[] = [];
afterEach(async () => {
  for (const file of files.splice(0)) await rm(dirname(file), { recursive: true });
});

async function written(small: SmallTfjs = smallLayers(3)): Promise<string> {
  const file = await writeTfjs(small);
  files.push(file);
  return file;
}

describe('files of a TensorFlow.js model', () => {
  it('become one, in which nothing of where they lay is left', async () => {
    const file = await written();
    const bytes = readTfjsFile(file);
    expect(readTfjsFile(dirname(file))).toEqual(bytes);
    const { json, weights } = smallLayers(3);
    const { modelTopology } = json;
    expect(unpackTfjs(bytes)).toMatchObject({
      kind: 'tfjs',
      artifacts: { modelTopology, weightSpecs: [{ name: 'embedding/kernel' }], weightData: weights.buffer },
    });
    expect(new TextDecoder().decode(bytes)).not.toContain('shard');
  });

  it.each<[string, (file: string) => Promise<unknown>, string]>([
    ['no model.json', (file) => rm(file), 'there is no such file; set encoder.file'],
    [
      'a file of weights gone',
      (file) => rm(join(dirname(file), 'group1-shard2of2.bin')),
      'shard2of2.bin, which is part',
    ],
    [
      'weights cut off',
      (file) => truncate(join(dirname(file), 'group1-shard2of2.bin'), 1),
      'its weights have 4 bytes, not 16',
    ],
    ['no JSON', (file) => writeFile(file, Uint8Array.of(1, 2, 3)), 'it is no JSON object; name the model.json'],
    ['an array', (file) => writeFile(file, '[]'), 'it is no JSON object'],
    ['no topology', (file) => writeFile(file, '{}'), 'convert a Keras model or a SavedModel by tensorflowjs_converter'],
    ...[[null], [{ paths: [7], weights: [] }], [{ paths: [], weights: [{ shape: [2], dtype: 'string' }] }]].map(
      (weightsManifest): [string, (file: string) => Promise<unknown>, string] => [
        `the manifest ${JSON.stringify(weightsManifest)}`,
        (file) => writeFile(file, JSON.stringify({ modelTopology: {}, weightsManifest })),
        'its weightsManifest tells no files',
      ],
    ),
  ])('are refused with %s', async (_, damage, text) => {
    const file = await written();
    await damage(file);
    const refused = expect.objectContaining({ code: 'config', message: expect.stringContaining(text) });
    expect(() => readTfjsFile(file)).toThrow(refused);
  });

  it('are refused where they are no model, or too large', async () => {
    const file = await written();
    expect(() => readTfjsFile(file, 2 ** 9)).toThrow('MiB is the most with its weights');
    await rm(file);
    expect(() => readTfjsFile(dirname(file))).toThrow('the folder has neither a model.json nor a saved_model.pb');
  });
});

describe('a stored SavedModel', () => {
  it('has files of its folder, and no other', () => {
    const saved = { path: 'saved_model.pb', bytes: Uint8Array.of(1, 2) };
    const stored = [saved, { path: 'variables/variables.index', bytes: Uint8Array.of(3) }];
    expect(unpackTfjs(packSavedModel(stored))).toEqual({ kind: 'saved-model', files: stored });
    for (const path of ['../saved_model.pb', 'variables/../../x', '/etc/x', 'variables/..', 'assets\\..\\x', 'x']) {
      expect(() => unpackTfjs(packSavedModel([{ ...saved, path }]))).toThrow('which no SavedModel has');
    }
  });
});
