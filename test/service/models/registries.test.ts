import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderRegistry } from '../../../src/service/models/folder-registry.js';
import { createTopicRegistry } from '../../../src/service/models/topic-registry.js';
import { decodeArtifact } from '../../../src/train/encode-artifact.js';
import { createModelAssembler } from '../../../src/train/model-assembler.js';
import type { ModelEntry } from '../../../src/train/model-entry.js';
import { createModelHistory } from '../../../src/train/model-history.js';
import type { ModelRegistry } from '../../../src/train/model-registry.js';
import { toModelTopicRecords } from '../../../src/train/model-topic.js';
import { createRegistryReading, type RegistryRecord } from '../../../src/train/registry-records.js';
import { artifactOf } from '../../support/artifact-of.js';

const V1 = 'v1-00000001';
const V2 = 'v2-00000002';
const V3 = 'v3-00000003';
/** A model of more than one record. */
const FILES = new Map([V1, V2, V3].map((version) => [version, artifactOf(version, 250_000)]));
const OUTCOME = {
  parent: null,
  createdAt: 5,
  atWindow: 10,
  reasons: ['first fit'],
  why: ['sound'],
  values: {},
  lineage: [],
};
const REIGN = { since: 5, atWindow: 10, previousVersion: null, because: 'the gate let it' };

/** A former, a champion and a refused model. */
function history() {
  const made = createModelHistory();
  for (const modelVersion of [V1, V2, V3]) {
    const status = modelVersion === V3 ? 'refused' : 'former';
    made.add({ ...OUTCOME, modelVersion, status }, FILES.get(modelVersion));
    if (status === 'former') made.tookOver(modelVersion, REIGN);
  }
  return made;
}

/** As a registry lists a model of which nothing is lost. */
const whole = (entry: ModelEntry) => ({ ...entry, problem: null });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-models-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the registry in a folder', () => {
  it('gives back what it was told, by whoever asks', async () => {
    const made = history();
    const registry = createFolderRegistry(folder);
    await registry.write(made.takeChanges());
    expect(await createFolderRegistry(folder).list()).toEqual(made.entries.map(whole));
    for (const entry of made.entries) {
      const artifact = await registry.read(entry);
      expect(decodeArtifact(artifact).modelVersion).toBe(entry.modelVersion);
    }
  });

  it('removes what is pruned, and what a run that was killed wrote after its last checkpoint', async () => {
    const made = history();
    const registry = createFolderRegistry(folder);
    writeFileSync(join(folder, 'notes.json'), 'theirs');
    await registry.write(made.takeChanges());
    made.prune(1);
    await registry.write(made.takeChanges());
    expect(readdirSync(folder).filter((name) => name.startsWith(V1))).toHaveLength(2);
    await registry.restore(made.entries.slice(1), undefined);
    expect(readdirSync(folder).sort()).toEqual(
      ['notes.json', ...[V2, V3].flatMap((version) => [`${version}.json`, `${version}.safetensors`])].sort(),
    );
  });

  it('says in words what is missing or damaged, and puts the champion back', async () => {
    const made = history();
    const registry = createFolderRegistry(folder);
    await registry.write(made.takeChanges());
    const [former, champion, refused] = made.entries;
    rmSync(join(folder, `${V1}.safetensors`));
    rmSync(join(folder, `${V2}.safetensors`));
    writeFileSync(join(folder, `${V3}.safetensors`), 'x');
    writeFileSync(join(folder, `${V1}.json`), '{');
    expect(await registry.list()).toEqual([
      { modelVersion: V1, status: 'damaged', problem: expect.stringMatching(/v1-00000001\.json is damaged/) },
      { ...champion, problem: expect.stringMatching(/v2-00000002\.safetensors, can't be read: it is not there/) },
      { ...refused, problem: expect.stringMatching(/v3-00000003\.safetensors is damaged/) },
    ]);
    await expect(registry.read(former!)).rejects.toThrow(/v1-00000001, .*can't be read: it is not there/);
    const artifact = FILES.get(V2)!;
    const { clusterModel } = decodeArtifact(artifact);
    const problems = await registry.restore(made.entries, { artifact, clusterModel });
    expect(problems).toEqual([
      expect.stringMatching(/v1-00000001, .*not there$/),
      expect.stringMatching(/v2-00000002, .*not there; it is put back from the state$/),
      expect.stringMatching(/damaged: its SHA-256/),
    ]);
    expect(readFileSync(join(folder, `${V2}.safetensors`))).toEqual(Buffer.from(artifact));
    expect(await registry.list()).toMatchObject([
      { ...former, problem: expect.any(String) },
      { ...champion, problem: null },
      { ...refused, problem: expect.any(String) },
    ]);
  });
});

describe('the registry in a topic', () => {
  /** A compacted topic, and a registry of it. */
  function topic(): {
    registry: ModelRegistry;
    add: (record: RegistryRecord) => void;
    reading: () => ReturnType<typeof read>;
  } {
    const values = new Map<string, Buffer | null>();
    const add = ({ key, value }: RegistryRecord): void => {
      values.delete(key);
      values.set(key, value);
    };
    const read = () => {
      const reading = createRegistryReading();
      reading.take(Array.from(values, ([key, value]) => ({ key, value })));
      return reading;
    };
    return { registry: createTopicRegistry({ add, read: async () => read() }), add, reading: read };
  }
  const read = createRegistryReading;

  it('keeps refused models apart from those that workers take, and gives all of them back', async () => {
    const made = history();
    const { registry, add, reading } = topic();
    await registry.write(made.takeChanges());
    const assembler = createModelAssembler();
    for (const version of [V1, V2]) {
      const record = {
        kind: 'model',
        modelVersion: version,
        artifact: FILES.get(version)!,
        previousVersion: null,
      } as const;
      for (const each of toModelTopicRecords(record)) add(each);
    }
    expect(await reading().list()).toEqual(made.entries.map(whole));
    for (const entry of made.entries) {
      expect(Buffer.from(await registry.read(entry)).equals(FILES.get(entry.modelVersion)!)).toBe(true);
    }
    const all = toModelTopicRecords({
      kind: 'model',
      modelVersion: V2,
      artifact: FILES.get(V2)!,
      previousVersion: null,
    });
    expect(
      assembler.take([
        ...all,
        { key: `${V3}/entry`, value: Buffer.from('{}') },
        { key: `${V3}/kept-0`, value: Buffer.from('x') },
      ]),
    ).toEqual([]);
    expect(assembler.models).toHaveLength(1);
  });

  it('leaves nothing of what is pruned', async () => {
    const made = history();
    const { registry, reading } = topic();
    await registry.write(made.takeChanges());
    made.add({ ...OUTCOME, modelVersion: 'v4-00000004', status: 'former' }, FILES.get(V1));
    made.tookOver('v4-00000004', REIGN);
    made.prune(1);
    await registry.write(made.takeChanges());
    expect((await reading().list()).map(({ modelVersion }) => modelVersion)).toEqual([V2, V3, 'v4-00000004']);
  });

  it('publishes the champion again where it was lost, and tells what else was', async () => {
    const made = history();
    const { registry, reading } = topic();
    const artifact = FILES.get(V2)!;
    const { clusterModel } = decodeArtifact(artifact);
    const problems = await registry.restore(made.entries, { artifact, clusterModel });
    expect(problems).toEqual([
      expect.stringMatching(/^model v1-\w+: .*chunk-0 is missing\.$/),
      expect.stringMatching(/^model v2-\w+: .*chunk-0 is missing; it is put back from the state$/),
      expect.stringMatching(/^model v3-\w+: .*kept-0 is missing/),
    ]);
    expect(Buffer.from(reading().fileOf(made.entries[1]!)).equals(artifact)).toBe(true);
    expect(await reading().list()).toMatchObject([...made.entries]);
  });
});
