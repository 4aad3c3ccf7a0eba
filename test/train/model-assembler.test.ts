import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import { SegtideError } from '../../src/errors.js';
import { createModelAssembler, type ModelAssembler, type ReadModelRecord } from '../../src/train/model-assembler.js';
import type { ModelRecord } from '../../src/train/model-record.js';
import { toModelTopicRecords } from '../../src/train/model-topic.js';
import { clusterModelOf } from '../cluster/embeddings.js';
import { modelRecordOf } from '../support/artifact-of.js';

const V1 = modelRecordOf('v1', null, 450_000);
const V2 = modelRecordOf('v2', 'v1', 250_000);
const V3 = modelRecordOf('v3', 'v2');
const ONE: Read = toModelTopicRecords(V1);
const TWO: Read = toModelTopicRecords(V2);
const THREE: Read = toModelTopicRecords(V3);
const EPOCH = moved('v2', 7);
type Read = readonly ReadModelRecord[];

function moved(modelVersion: string, centroidEpoch: number): ModelRecord & { readonly kind: 'centroids' } {
  return { kind: 'centroids', cluster: clusterModelOf([[0.5], [centroidEpoch]], { modelVersion, centroidEpoch }) };
}

function centroids(cluster: ClusterModel): Read {
  return toModelTopicRecords({ kind: 'centroids', cluster });
}

const tombstone = ({ key }: ReadModelRecord): ReadModelRecord => ({ key, value: null });

/** As the broker leaves them in the end: of each key the last, in their order. */
function compacted(records: Read): Read {
  return records.filter(({ key }, i) => !records.slice(i + 1).some((later) => later.key === key));
}

function fed(...records: Read[]): ModelAssembler {
  const assembler = createModelAssembler();
  for (const batch of records) expect(assembler.take(batch)).toEqual([]);
  return assembler;
}

describe('a model on its topic', () => {
  it('is chunks that a broker takes, and a manifest at last', () => {
    expect(ONE.map(({ key }) => key)).toEqual(['v1/chunk-0', 'v1/chunk-1', 'v1/chunk-2', 'v1/manifest']);
    expect(ONE.slice(0, 3).map(({ value }) => value!.length)).toEqual([
      786_432,
      786_432,
      V1.artifact.length - 1_572_864,
    ]);
    expect(JSON.parse(String(TWO.at(-1)!.value))).toMatchObject({
      format: 1,
      modelVersion: 'v2',
      previousVersion: 'v1',
      bytes: V2.artifact.length,
      chunks: 2,
    });
  });
});

describe('a model assembler', () => {
  it('has nothing before the first manifest, and the whole model from it on', () => {
    const assembler = fed(ONE.slice(0, 3));
    expect(assembler.models).toEqual([]);
    expect(assembler.take(ONE.slice(3))).toEqual([]);
    expect(assembler.models.map(inShort)).toEqual(['v1']);
    const [record] = assembler.models as [typeof V1];
    expect(record.previousVersion).toBe(null);
    expect(Buffer.compare(record.artifact, V1.artifact)).toBe(0);
  });

  it('has the newest and the one before it, each with its latest centroids', () => {
    const assembler = fed(ONE, centroids(moved('v1', 3).cluster), TWO, centroids(EPOCH.cluster));
    expect(assembler.models.map(inShort)).toEqual(['v1', 'v1 epoch 3', 'v2', 'v2 epoch 7']);
    assembler.take(THREE);
    expect(assembler.models.map(inShort)).toEqual(['v2', 'v2 epoch 7', 'v3']);
    expect(assembler.models[1]).toEqual(EPOCH);
  });

  it('keeps centroids that come before their model, as they do where the model was published again', () => {
    expect(fed(ONE, centroids(EPOCH.cluster), TWO).models.map(inShort)).toEqual(['v1', 'v2', 'v2 epoch 7']);
  });

  it('gives the same array until something changes', () => {
    const assembler = fed(ONE);
    const before = assembler.models;
    assembler.take(TWO.slice(0, -1));
    assembler.take(ONE);
    assembler.take(centroids(moved('v0', 1).cluster));
    expect(assembler.models).toBe(before);
    assembler.take(TWO.slice(-1));
    expect(assembler.models).not.toBe(before);
  });

  it('gives the same however the topic was read, compacted and cut into batches', () => {
    const history = [
      ...ONE,
      ...centroids(moved('v1', 1).cluster),
      ...TWO,
      ...THREE,
      ...centroids(moved('v3', 2).cluster),
    ];
    const whole = fed(history).models.map(inShort);
    fc.assert(
      fc.property(fc.nat(history.length), fc.nat(history.length), (clean, cut) => {
        const read = [...compacted(history.slice(0, clean)), ...history.slice(clean)];
        const assembler = createModelAssembler();
        assembler.take(read.slice(0, cut));
        assembler.take(read.slice(cut));
        expect(assembler.models.map(inShort)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('knows a model no more once its manifest is a tombstone', () => {
    const assembler = fed(ONE, TWO);
    expect(assembler.take([TWO.at(-1)!, ...TWO].map(tombstone))).toEqual([]);
    expect(assembler.models.map(inShort)).toEqual(['v1']);
    expect(fed(ONE.map(tombstone), TWO, [tombstone(centroids(EPOCH.cluster)[0]!)]).models.map(inShort)).toEqual(['v2']);
  });

  it('goes back to a model whose manifest is published again', () => {
    expect(fed(ONE, TWO, ONE.slice(3)).models.map(inShort)).toEqual(['v2', 'v1']);
  });

  it('takes a model whose manifest compaction left before its chunks', () => {
    const assembler = createModelAssembler();
    expect(assembler.take([ONE.at(-1)!])).toEqual([
      { key: 'v1/manifest', modelVersion: 'v1', why: 'chunk 0 of its 3 is missing' },
    ]);
    expect(assembler.take(ONE)).toEqual([]);
    expect(assembler.models.map(inShort)).toEqual(['v1']);
  });
});

describe('a model assembler that meets what it can not use', () => {
  const serves = (records: Read, why: RegExp, key = 'v2/manifest'): void => {
    const assembler = fed(ONE);
    const before = assembler.models;
    const problems = assembler.take(records);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key, modelVersion: key.includes('/') ? key.split('/')[0] : null });
    expect(problems[0]!.why).toMatch(why);
    expect(assembler.models).toBe(before);
    expect(assembler.take(THREE)).toEqual([]);
    expect(assembler.models.map(inShort)).toEqual(['v1', 'v3']);
  };
  const manifest = (fields: object): ReadModelRecord => ({
    key: 'v2/manifest',
    value: Buffer.from(JSON.stringify({ ...JSON.parse(String(TWO.at(-1)!.value)), ...fields })),
  });
  const chunks = TWO.slice(0, -1);

  it('says which chunk is missing', () => serves([chunks[0]!, TWO.at(-1)!], /chunk 1 of its 2 is missing/));

  it('says that bytes are missing', () =>
    serves(
      [chunks[0]!, { ...chunks[1]!, value: chunks[1]!.value!.subarray(4) }, TWO.at(-1)!],
      /has 1\d+ of its 1\d+ bytes/,
    ));

  it('says that a checksum is wrong', () => {
    const value = Buffer.from(chunks[0]!.value!);
    value[500_000]! ^= 1;
    serves([{ ...chunks[0]!, value }, chunks[1]!, TWO.at(-1)!], /SHA-256/);
  });

  it('says that a manifest is of a later format', () =>
    serves([...chunks, manifest({ format: 2 })], /format 2.*reads 1/));

  it('says that a manifest is no JSON', () =>
    serves([...chunks, { key: 'v2/manifest', value: Buffer.from('{') }], /no JSON/));

  it('says that the model in it can not be read', () => {
    const notOurs = { ...V2, artifact: new Uint8Array(100) };
    serves(toModelTopicRecords(notOurs), /no model of segtide/);
  });

  it('says that centroids are damaged', () => {
    serves([{ key: 'centroids', value: Buffer.from('x') }], /centroids can't be read/, 'centroids');
  });

  it('says that it does not know a key', () =>
    serves([{ key: 'champion', value: Buffer.from('x') }], /know the key/, 'champion'));

  it('passes over models that are refused', () => {
    const assembler = createModelAssembler({
      check: ({ modelVersion }) => {
        if (modelVersion === 'v2') throw new SegtideError('state', 'made for other windows');
      },
    });
    expect([ONE, TWO, THREE].flatMap((records) => assembler.take(records))).toEqual([
      { key: 'v2/manifest', modelVersion: 'v2', why: 'made for other windows' },
    ]);
    expect(assembler.models.map(inShort)).toEqual(['v1', 'v3']);
  });
});

function inShort(record: ModelRecord): string {
  if (record.kind === 'model') return record.modelVersion;
  return `${record.cluster.modelVersion} epoch ${record.cluster.centroidEpoch}`;
}
