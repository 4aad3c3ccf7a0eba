import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knownChanges } from '../../../src/service/cli/known-changes.js';
import { writeSimulation } from '../../../src/service/cli/write-simulation.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { resolveStages } from '../../../src/service/config/resolve-stages.js';

const SMALL = { customers: '20', days: '8', seed: '7' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-simulate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('writeSimulation', () => {
  it('writes events, labels, counts and a config that reads them', async () => {
    const written = await writeSimulation(join(folder, 'new', 'folder'), SMALL);
    const lines = readFileSync(written.events, 'latin1').trimEnd().split('\n');
    const manifest = JSON.parse(readFileSync(written.manifest, 'utf8')) as { records: number };
    expect(lines).toHaveLength(manifest.records);
    const labels = readFileSync(written.labels, 'utf8').trimEnd().split('\n');
    expect(new Set(labels.map((line) => (JSON.parse(line) as { customerId: string }).customerId)).size).toBe(20);
    const config = loadConfig({ file: { path: written.config, text: readFileSync(written.config, 'utf8') } });
    expect(config.input.paths).toEqual([written.events]);
    expect(() => resolveStages(config)).not.toThrow();
  });

  it('plants drift at half time and after three quarters', async () => {
    const { manifest } = await writeSimulation(folder, SMALL);
    const { settings } = JSON.parse(readFileSync(manifest, 'utf8')) as { settings: { drift: { atDay: number }[] } };
    expect(settings.drift.map(({ atDay }) => atDay)).toEqual([4, 6]);
  });

  it('leaves a manifest that tells the planted drift in words', async () => {
    const { manifest } = await writeSimulation(folder, SMALL);
    expect(await knownChanges(manifest)).toEqual([
      { time: Date.UTC(2024, 0, 5), text: '40 % of the weekday customers turn weekend from here on' },
      { time: Date.UTC(2024, 0, 7), text: '30 % of all customers turn nightly, as nobody was before' },
    ]);
  });

  it('writes the same bytes for the same seed, and others for another', async () => {
    const read = async (name: string, seed: string) =>
      readFileSync((await writeSimulation(join(folder, name), { ...SMALL, seed })).events);
    const first = await read('a', '7');
    expect((await read('b', '7')).equals(first)).toBe(true);
    expect((await read('c', '8')).equals(first)).toBe(false);
  });

  it.each([
    [{ customers: 'many' }, "--customers must be a number; got 'many'"],
    [{ days: '0' }, '`days` must be from 1'],
  ])('refuses %j', async (flags, words) => {
    await expect(writeSimulation(folder, flags)).rejects.toThrow(words);
  });

  it.each(['segtide.yaml', 'events.ndjson'])(
    'writes nothing where %s is there already, unless forced',
    async (name) => {
      writeFileSync(join(folder, name), 'mine');
      await expect(writeSimulation(folder, SMALL)).rejects.toMatchObject({
        code: 'output',
        message: expect.stringContaining(`${join(folder, name)} exists already`),
      });
      expect(readdirSync(folder)).toEqual([name]);
      expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
      await writeSimulation(folder, { ...SMALL, force: true });
      expect(readFileSync(join(folder, name), 'utf8')).not.toBe('mine');
    },
  );

  it('says where it cannot write', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(writeSimulation(join(folder, 'file'), SMALL)).rejects.toMatchObject({
      code: 'output',
      message: expect.stringMatching(/^Cannot write .*: there is a file in place of the folder/),
    });
  });
});
