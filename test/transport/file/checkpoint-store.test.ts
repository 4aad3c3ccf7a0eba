import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpointStore } from '../../../src/transport/file/checkpoint-store.js';

const root = mkdtempSync(join(tmpdir(), 'segtide-checkpoints-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(root, `${count++}`);
});
const settings = { step: 'day', steps: 24, channels: [{ name: 'minutes' }] };
const files = (): string[] => readdirSync(folder).sort();

describe('createCheckpointStore', () => {
  it('knows of no checkpoint before the first save', async () => {
    expect(await createCheckpointStore(folder, settings).load()).toBeUndefined();
  });

  it('gives back the newest of several, and keeps the last two', async () => {
    const store = createCheckpointStore(folder, settings);
    for (let n = 1; n <= 4; n++) await store.save({ source: { n }, slab: new Float32Array([n, NaN, -Infinity]) });
    expect(files()).toEqual(['checkpoint-00000003.bin', 'checkpoint-00000004.bin']);
    const loaded = await createCheckpointStore(folder, settings).load();
    expect(loaded).toEqual({
      sequence: 4,
      parts: { source: { n: 4 }, slab: new Float32Array([4, NaN, -Infinity]) },
      passedOver: [],
    });
  });

  it('goes on counting in a new process, and saves that overlap keep their order', async () => {
    await createCheckpointStore(folder, settings).save({ n: 1 });
    const store = createCheckpointStore(folder, settings);
    await Promise.all([store.save({ n: 2 }), store.save({ n: 3 })]);
    expect(await store.load()).toMatchObject({ sequence: 3, parts: { n: 3 } });
  });

  it('falls back to the one before wherever the newest is torn or damaged', async () => {
    const store = createCheckpointStore(folder, settings);
    await store.save({ n: 1, page: new Uint8Array(100) });
    await store.save({ n: 2, page: new Uint8Array(100).fill(7) });
    const newest = join(folder, 'checkpoint-00000002.bin');
    const whole = readFileSync(newest);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.boolean(),
        fc.integer({ min: 1, max: 255 }),
        async (at, torn, flip) => {
          const bad = torn ? whole.subarray(0, at) : Buffer.from(whole);
          if (!torn) bad[at]! ^= flip;
          writeFileSync(newest, bad);
          const loaded = await createCheckpointStore(folder, settings).load();
          expect(loaded).toMatchObject({ sequence: 1, parts: { n: 1 } });
          expect(loaded!.passedOver).toEqual([expect.stringMatching(/checkpoint-00000002\.bin: its? /)]);
        },
      ),
      { numRuns: 100 },
    );
    writeFileSync(newest, whole);
    expect(await store.load()).toMatchObject({ sequence: 2 });
  });

  it('says so in words when none is whole', async () => {
    const store = createCheckpointStore(folder, settings);
    await store.save({ n: 1 });
    await store.save({ n: 2 });
    for (const name of files()) truncateSync(join(folder, name), 40);
    await expect(store.load()).rejects.toMatchObject({
      code: 'state',
      message: expect.stringMatching(/No checkpoint in .* is whole \(.*00000002.*00000001.*Start afresh/),
    });
  });

  it('passes over what a crash left unfinished', async () => {
    const store = createCheckpointStore(folder, settings);
    await store.save({ n: 1 });
    writeFileSync(join(folder, 'checkpoint-00000002.bin.part'), 'SEGTIDE');
    expect(await createCheckpointStore(folder, settings).load()).toMatchObject({ sequence: 1, passedOver: [] });
    await createCheckpointStore(folder, settings).save({ n: 2 });
    expect(files()).toEqual(['checkpoint-00000001.bin', 'checkpoint-00000002.bin']);
  });

  it('refuses other settings and names those that differ', async () => {
    await createCheckpointStore(folder, settings).save({ n: 1 });
    const other = createCheckpointStore(folder, {
      channels: [{ name: 'minutes' }],
      steps: 12,
      step: 'day',
      ttl: '90d',
    });
    await expect(other.load()).rejects.toMatchObject({
      code: 'state',
      message: expect.stringMatching(
        /other settings: steps \(24, now 12\), ttl \(not set, now "90d"\)\. Set them back/,
      ),
    });
    const same = createCheckpointStore(folder, { channels: [{ name: 'minutes' }], steps: 24, step: 'day' });
    expect(await same.load()).toMatchObject({ parts: { n: 1 } });
  });

  it('refuses another format version in words', async () => {
    const store = createCheckpointStore(folder, settings);
    await store.save({ n: 1 });
    const path = join(folder, 'checkpoint-00000001.bin');
    const bytes = readFileSync(path);
    bytes[7] = 9;
    const { createHash } = await import('node:crypto');
    createHash('sha256')
      .update(bytes.subarray(0, -32))
      .digest()
      .copy(bytes, bytes.length - 32);
    writeFileSync(path, bytes);
    await expect(store.load()).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('format version 9'),
    });
  });

  it('refuses what it cannot hold and names the place, leaving the last checkpoint', async () => {
    const store = createCheckpointStore(folder, settings);
    await store.save({ n: 1 });
    const parts = { model: { weights: [new Map()] } } as never;
    await expect(store.save(parts)).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('snapshot.parts.model.weights[0] is a Map'),
    });
    expect(await store.load()).toMatchObject({ parts: { n: 1 } });
    expect(files()).toEqual(['checkpoint-00000001.bin']);
  });

  it('keeps the last checkpoint when the disk is full', async () => {
    mkdirSync(folder);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder]).status !== 0) return; // needs root
    try {
      const store = createCheckpointStore(folder, settings);
      await store.save({ n: 1, page: new Uint8Array(40_000) });
      await expect(store.save({ n: 2, page: new Uint8Array(400_000) })).rejects.toMatchObject({
        code: 'output',
        message: expect.stringContaining('the disk is full'),
      });
      expect(await store.load()).toMatchObject({ sequence: 1, parts: { n: 1 } });
      await store.save({ n: 3, page: new Uint8Array(40_000) });
      expect(await store.load()).toMatchObject({ parts: { n: 3 } });
    } finally {
      spawnSync('umount', [folder]);
    }
  });
});
