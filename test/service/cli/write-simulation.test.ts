import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knownChanges } from '../../../src/service/cli/known-changes.js';
import { writeSimulation } from '../../../src/service/cli/write-simulation.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { resolveStages } from '../../../src/service/config/resolve-stages.js';
import type { SegmentLabel } from '../../../src/simulate/segment-label.js';

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

  it('tells the true segment in each event where a field for it is named, and maps it', async () => {
    const plain = await writeSimulation(join(folder, 'plain'), SMALL);
    const { events, labels, config } = await writeSimulation(join(folder, 'labelled'), { ...SMALL, label: 'kind' });
    const truth = readFileSync(labels, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as SegmentLabel);
    const field = /,"kind":"(\w+)"}$/;
    const told = readFileSync(events, 'latin1').trimEnd().split('\n');
    let compared = 0;
    for (const line of told.filter((one) => field.test(one))) {
      const event = /"customerId":"(\w+)".*"timestamp":(\d{13}),"value":\d/.exec(line);
      const span = truth.find(
        ({ customerId, from, to }) => customerId === event?.[1] && from <= Number(event[2]) && Number(event[2]) < to,
      );
      if (span === undefined) continue; // spoilt, or dated ahead
      expect(field.exec(line)![1]).toBe(span.segment);
      compared++;
    }
    expect(compared).toBeGreaterThan(0.98 * told.length);
    expect(new Set(truth.map(({ segment }) => segment)).size).toBeGreaterThan(5);
    const unlabelled = told.map((line) => line.replace(field, '}')).join('\n');
    expect(unlabelled).toBe(readFileSync(plain.events, 'latin1').trimEnd());
    const { input } = loadConfig({ file: { path: config, text: readFileSync(config, 'utf8') } });
    expect(input.fields.label).toBe('kind');
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
    [{ label: 'a.b' }, '`labelField` must be at most 64 letters, digits and _'],
    [{ label: 'value' }, 'none of customerId, eventId, timestamp, value; got "value"'],
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
