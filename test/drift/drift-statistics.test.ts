import { describe, expect, it, onTestFinished } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { checkMeasured } from '../../src/drift/check-measured.js';
import type { DriftMeasure, DriftSide } from '../../src/drift/drift-measure.js';
import { createDriftMonitor, type DriftMonitor } from '../../src/drift/drift-monitor.js';
import { toDriftObservation } from '../../src/drift/drift-observation.js';
import { type DriftOptions, resolveDriftOptions } from '../../src/drift/drift-settings.js';
import { createDriftStatistics } from '../../src/drift/drift-statistics.js';
import { toComparedWindows } from '../../src/drift/to-compared-windows.js';
import type { PluginModule } from '../../src/plugin/plugin-module.js';
import { clusterModelOf, embeddingsOf, windowsOf } from '../cluster/embeddings.js';
import { pluginOf } from '../plugin/plugin-of.js';

const MODEL = clusterModelOf([
  [0, 0],
  [10, 0],
  [0, 90],
]);

/** Windows of one step at these places, with their value and error; they end at `end`. */
function sideOf(rows: readonly (readonly number[])[], end: number, value = 4, error = 0.5): DriftSide {
  const { length } = rows;
  const starts = new Float64Array(length).fill(end - 1);
  const windows = windowsOf(length, {
    starts,
    ends: starts.map((start) => start + 1),
    values: new Float32Array(length).fill(value),
  });
  const errors = new Float32Array(length).fill(error);
  return { observation: toDriftObservation(assign(MODEL, embeddingsOf(rows, windows, errors))), model: MODEL };
}

const BEFORE = sideOf(
  [
    [0, 1],
    [0, 3],
    [10, 0],
    [12, 0],
  ],
  1000,
);
const NOW = sideOf(
  [
    [0, 1],
    [10, 0],
  ],
  2000,
  0,
);

describe('toComparedWindows', () => {
  it('tells counts, moments by segment, aligned histograms and the sample', () => {
    const [before, now] = toComparedWindows(BEFORE, NOW, ['usage']);
    expect(before).toMatchObject({
      ...{ modelVersion: 'v1', windows: 4, start: 999, end: 1000, size: 2, returning: 0, moved: 0 },
      channelNames: ['usage'],
      segmentIds: ['s1', 's2', 's3'],
      segmentCounts: Float64Array.of(2, 2, 0),
      centroids: MODEL.centroids,
    });
    expect(now).toMatchObject({ windows: 2, start: 1999, end: 2000, segmentCounts: Float64Array.of(1, 1, 0) });
    // Coordinates, distance, error; nothing is known of the third segment.
    const unknown = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    expect([...before.segmentMeans]).toEqual([0, 2, 2, 0.5, 11, 0, 1, 0.5, ...unknown]);
    expect([...before.segmentVariances]).toEqual([0, 1, 1, 0, 1, 0, 1, 0, ...unknown]);
    expect([before.values.length, before.coordinates.length]).toEqual([4, 2]);
    // One step is in the first quarter: 4 before, 0 now.
    const [first, second] = [before.values[0]!, now.values[0]!];
    expect([first.count, first.mean, first.variance]).toEqual([4, 4, 0]);
    expect([first.lower, first.upper]).toEqual([Float64Array.of(0, 4), Float64Array.of(0, 4.5)]);
    expect([second.lower, second.upper]).toEqual([first.lower, first.upper]);
    expect([[...first.counts], [...second.counts]]).toEqual([
      [0, 4],
      [2, 0],
    ]);
    expect(before.values[1]).toMatchObject({ count: 0, mean: Number.NaN, counts: new Float64Array(0) });
    expect(before.distances.mean).toBe(1.5);
    expect(before.reconstructionErrors).toMatchObject({ count: 4, mean: 0.5 });
    const { length, values, segments } = before.sample;
    const rows = Array.from({ length }, (_, i) => [values[2 * i], values[2 * i + 1], segments[i]].join(' '));
    expect(rows.sort()).toEqual(['0 1 0', '0 3 0', '10 0 1', '12 0 1']);
  });
});

/** A plug-in whose statistic does this. */
function measuring(body: string, fields: Partial<PluginModule> = {}): PluginModule {
  return pluginOf(
    `export default { kind: 'drift-statistic', measure(reference, current, context) { ${body} } };`,
    fields,
  );
}

function statisticsOf(options: NonNullable<DriftOptions['statistics']>) {
  const told: string[] = [];
  const statistics = createDriftStatistics(resolveDriftOptions({ statistics: options }, ['usage']), (error, name) =>
    told.push(`${name}: ${error.message}`),
  );
  onTestFinished(() => statistics.close());
  return { statistics, told };
}

const SOUND = "return [{ value: current.windows / reference.windows }, { subject: 's2', value: 3, pValue: 0.5 }];";
const SOUNDLY = [
  { layer: 'model', subject: 'all', statistic: 'sound', value: 0.5, pValue: null },
  { layer: 'model', subject: 's2', statistic: 'sound', value: 3, pValue: 0.5 },
];
const sound = () => ({ plugin: measuring(SOUND, { name: 'sound' }), layer: 'model', threshold: 1 }) as const;

describe('statistics of one’s own', () => {
  it('see both sides, the threshold, a seed and their parameters, and answer in the order of the config', async () => {
    const plugin = measuring(`
      const { threshold, seed, parameters } = context;
      return Promise.resolve([
        { value: reference.segmentCounts[0] * 100 + current.segmentCounts[0] * 10 + threshold },
        { subject: 'usage', value: parameters.weights[1], level: 0.01, pValue: 0 },
        { subject: 'usage:q1', value: Number(Number.isInteger(seed)), since: current.start },
        { subject: 'dim2', value: reference.values[0].counts[1] },
      ]);`);
    const parameters = { weights: [1, 2.5] };
    const { statistics, told } = statisticsOf([{ plugin, layer: 'input', threshold: 0.5, parameters }, sound()]);
    const own = { layer: 'input', statistic: 'own', pValue: null };
    expect(await statistics.measure(BEFORE, NOW)).toEqual([
      { ...own, subject: 'all', value: 210.5 },
      { ...own, subject: 'usage', value: 2.5, level: 0.01, pValue: 0 },
      { ...own, subject: 'usage:q1', value: 1, since: 1999 },
      { ...own, subject: 'dim2', value: 4 },
      ...SOUNDLY,
    ]);
    expect(told).toEqual([]);
    expect([...statistics.failures]).toEqual([
      ['own', 0],
      ['sound', 0],
    ]);
  });

  it.each([
    ['throws', "throw new Error('odd');", /^own: the plug-in own threw in measure\(\): odd/],
    ['gives NaN', 'return [{ value: 0 / 0 }];', /^own: .* finite number as `value` of all .* gave NaN/],
    ['gives what threads can not send', 'return [{ value: () => 1 }];', /could not be cloned/],
    ['exits', 'process.exit(0);', /ended its thread/],
    ['hangs on a promise', 'return new Promise(() => {});', /did not come back from measure\(\) within 1 s/],
    ['hangs in a loop', 'for (;;);', /did not come back from measure\(\) within 1 s/],
  ])('are left out of a round where one %s, and asked again in the next', async (_, body, text) => {
    const timeLimitMs = /for|new Promise/.test(body) ? 1000 : 60_000;
    const plugin = measuring(`if (current.windows === 2) { ${body} } return [{ value: 7 }];`, { timeLimitMs });
    const { statistics, told } = statisticsOf([{ plugin, layer: 'embedding', threshold: 0.5 }, sound()]);
    expect(await statistics.measure(BEFORE, NOW)).toEqual(SOUNDLY);
    expect(told).toEqual([expect.stringMatching(text)]);
    expect([...statistics.failures]).toEqual([
      ['own', 1],
      ['sound', 0],
    ]);
    // A hung or ended thread is another one by then; loading it may take longer than so short a limit on a busy machine.
    const again = await statistics.measure(BEFORE, sideOf([[0, 0]], 3000));
    if (timeLimitMs > 1000 || told.length === 1) expect(again[0]).toMatchObject({ statistic: 'own', value: 7 });
  });

  const all = { subject: 'all', value: 1 };
  it.each<[string, unknown, RegExp]>([
    ['no list', all, /a list, a value for each subject, .* gave object/],
    ['numbers', [1], /objects with a `value` .* gave 1/],
    ['a list with holes', Array(2), /objects with a `value` .* gave undefined/],
    ['text', [{ value: '1' }], /finite number as `value` of all .* gave 1/],
    ['nothing', [{}], /finite number as `value` of all .* gave undefined/],
    ['what is of a customer', [{ subject: 'c1', value: 1 }], /id of a segment as `subject` .* gave c1/],
    ['a subject twice', [all, { value: 2 }], /each subject once .* gave all twice/],
    ['a p-value of 2', [{ value: 1, pValue: 2 }], /`pValue` of all from 0 to 1 .* gave 2/],
    ['a p-value in text', [{ value: 1, pValue: '0.5' }], /`pValue` of all from 0 to 1 .* gave 0.5/],
    ['a level of 0', [{ value: 1, level: 0 }], /`level` above 0/],
    ['what is of later', [{ value: 1, since: 2000 }], /whole epoch ms as `since`/],
    ['half milliseconds', [{ value: 1, since: 0.5 }], /whole epoch ms as `since`/],
  ])('must not give %s', (_, given, text) => {
    const checks = { name: 'own', subjects: new Set(['all']), until: 2000 };
    expect(() => checkMeasured(given, checks)).toThrow(text);
    expect(() => checkMeasured(given, checks)).toThrow(/^the plug-in own must give/);
  });

  it('fail with `aborted` where they are closed while one is asked', async () => {
    const { statistics, told } = statisticsOf([
      { plugin: measuring('return new Promise(() => {});'), layer: 'embedding', threshold: 0.5 },
    ]);
    const asked = expect(statistics.measure(BEFORE, NOW)).rejects.toMatchObject({ code: 'aborted' });
    await statistics.close();
    await asked;
    await expect(statistics.measure(BEFORE, NOW)).rejects.toMatchObject({ code: 'aborted' });
    expect(told).toEqual([]);
  });

  it.each([
    ['has the name of another', [{ name: 'psi' }], /psi is a statistic already/],
    ['is named twice', [{ name: 'own' }, { name: 'own' }], /own is named twice/],
    ['looks nowhere', [{ name: 'own', layer: 'output' }], /statistics.own.layer.*one of input, .*; got output/],
    ['has no threshold', [{ name: 'own', threshold: 0 }], /statistics.own.threshold.*positive; got 0/],
  ])('are refused where one %s', (_, entries, text) => {
    const statistics = entries.map(({ name, ...fields }) => ({
      ...{ plugin: { name, module: '', timeLimitMs: 1 }, layer: 'embedding' as const, threshold: 1 },
      ...(fields as object),
    }));
    expect(() => resolveDriftOptions({ statistics }, ['usage'])).toThrow(text);
  });
});

describe('createDriftMonitor, with statistics of one’s own', () => {
  const THRESHOLD = 1;
  const settings = (name = 'own') =>
    resolveDriftOptions(
      {
        ...{ everyWindows: 4, everyMs: 1e9, minWindows: 4, referenceWindows: 4 },
        statistics: [
          { plugin: { name, module: '', timeLimitMs: 1 }, layer: 'embedding' as const, threshold: THRESHOLD },
        ],
      },
      ['usage'],
    );
  const own = (value: number, fields: Partial<DriftMeasure> = {}): readonly DriftMeasure[] => [
    { layer: 'embedding', subject: 'all', statistic: 'own', value, pValue: null, ...fields },
  ];
  /** Rows that do not change from round to round. */
  const { observation } = BEFORE;
  let end = 1000;
  function round(monitor: DriftMonitor, measures: readonly DriftMeasure[]) {
    end += 1000;
    monitor.observe({ ...observation, start: end - 1, end }, MODEL);
    expect(monitor.due(end, true)).toMatchObject({ current: { observation: { windows: 4, end } } });
    return monitor.report(end, true, measures).find(({ statistic }) => statistic === 'own');
  }
  const referred = (): DriftMonitor => {
    const monitor = createDriftMonitor(settings());
    monitor.rebase(BEFORE);
    return monitor;
  };

  it('is due for a round on whole waves alone, and then once', () => {
    const monitor = referred();
    end += 1000;
    monitor.observe({ ...observation, start: end - 1, end }, MODEL);
    expect(monitor.due(end)).toBeUndefined();
    expect(monitor.due(end, true)).toMatchObject({ reference: BEFORE });
    monitor.report(end, true);
    expect(monitor.due(end, true)).toBeUndefined();
  });

  it('ranks them with the others, and asks for the action of their layer', () => {
    expect(round(referred(), own(4))).toMatchObject({
      ...{ layer: 'embedding', subject: 'all', value: 4, threshold: THRESHOLD, drifted: true },
      ...{ severity: 'high', rank: 1, action: 'refit', since: end - 1 },
    });
    expect(round(referred(), own(0.9))).toMatchObject({ drifted: false, severity: 'none', since: null });
    expect(round(referred(), own(4, { layer: 'assignment' }))).toMatchObject({ drifted: true, action: 'none' });
  });

  it('counts a p-value with all of the round, or against a level of its own', () => {
    expect(round(referred(), own(4, { pValue: 0.01 }))?.drifted).toBe(false);
    expect(round(referred(), own(4, { pValue: 1e-9 }))?.drifted).toBe(true);
    expect(round(referred(), own(4, { pValue: 0.01, level: 0.01 }))?.drifted).toBe(true);
    expect(round(referred(), own(4, { pValue: 0.02, level: 0.01 }))?.drifted).toBe(false);
  });

  it('holds a drift until four fifths of the threshold, across a snapshot and rounds without it', () => {
    let monitor = referred();
    const first = round(monitor, own(1, { since: 77 }))!;
    expect([first.since, first.drifted]).toEqual([77, true]);
    monitor = createDriftMonitor(settings(), structuredClone(monitor.snapshot()));
    expect(round(monitor, [])).toBeUndefined();
    expect(round(monitor, own(0.85))).toMatchObject({ drifted: true, since: 77, action: 'suppressed' });
    expect(round(monitor, own(0.75))).toMatchObject({ drifted: false, since: null });
  });

  it('forgets one that the config names no more', () => {
    const monitor = referred();
    round(monitor, own(4));
    const other = createDriftMonitor(settings('other'), structuredClone(monitor.snapshot()));
    expect(Object.keys(other.snapshot().detectors).filter((key) => key.endsWith('/own'))).toEqual([]);
  });
});
