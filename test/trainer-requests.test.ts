import { describe, expect, it } from 'vitest';
import { createMemoryRegistry } from '../src/train/model-registry.js';
import type { ModelRequest } from '../src/train/model-request.js';
import type { Training } from '../src/train/start-training.js';
import type { TrainingJob } from '../src/train/training-job.js';
import type { Trainer } from '../src/trainer.js';
import { trainHere } from './support/small-stream.js';
import { started } from './support/taught-trainer.js';

/** Every model passes, so that there is something to go back to. */
const OPEN = { gate: { minGain: 0, maxErrorRise: 10 } };

function asked(request: Partial<ModelRequest> & Pick<ModelRequest, 'kind'>, id: string = request.kind): ModelRequest {
  return { id, reason: 'a test', ...request } as ModelRequest;
}

/** From the model in force to the one before. */
function back({ models }: Trainer): ModelRequest {
  const [to, from] = models.slice(-2);
  return asked({ kind: 'rollback', from: from!.modelVersion, to: to!.modelVersion });
}

describe('a trainer that is asked by hand', () => {
  it('goes back to the model before: its segments are in force again, and no window teaches the other one', async () => {
    const { trainer, models, teach, lessons, scorer, records } = started({ ...OPEN, epochWindows: 256 });
    await teach(6);
    const [first, second] = trainer.models;
    expect([first!.status, second!.status]).toEqual(['former', 'champion']);
    const centroids = models.filter((record) => record.kind === 'centroids').map(({ cluster }) => cluster);
    const last = centroids.filter(({ modelVersion }) => modelVersion === first!.modelVersion).at(-1)!;

    const versions = { from: second!.modelVersion, to: first!.modelVersion };
    await trainer.request(asked({ kind: 'rollback', ...versions }));
    expect(trainer.models.map(({ status }) => status)).toEqual(['champion', 'former']);
    expect(scorer.modelVersion).toBe(first!.modelVersion);
    const published = models.at(-1)!;
    expect(published).toMatchObject({ kind: 'model', previousVersion: second!.modelVersion });
    // As it was when the other took over, and not as it was first trained.
    expect(published.kind === 'model' && published.cluster).toEqual(last);
    expect(trainer.snapshot().champion!.clusterModel).toEqual(last);
    expect(records.segments.slice(-3).map(({ modelVersion }) => modelVersion)).toContain(first!.modelVersion);
    expect(records.segments.slice(-3).map(({ decoded }) => decoded)).not.toContain(null);
    expect(records.modelEvents.at(-1)).toMatchObject({
      event: 'reinstated',
      modelVersion: first!.modelVersion,
      previousVersion: second!.modelVersion,
      reasons: [`by hand: rollback from ${versions.from} to ${versions.to} (a test)`],
    });
    expect(trainer.models[0]!.reigns.map(({ sequence, because }) => [sequence, because])).toEqual([
      [1, 'the gate let it'],
      [3, `by hand: rollback from ${versions.from} to ${versions.to} (a test)`],
    ]);
    expect(trainer.snapshot().drift.reference).toBeNull();

    const { statistics } = lessons.at(-1)!;
    await trainer.observe({
      ...statistics,
      statistics: { ...statistics.statistics!, modelVersion: second!.modelVersion },
    });
    expect(trainer.droppedStatistics).toBe(1);
  });

  it('promotes what the gate refused, whose new segments have ids that nobody else got meanwhile', async () => {
    const { trainer, teach, scorer, records } = started({ gate: { minGain: 1e6 } });
    await teach(9);
    const refused = trainer.models.filter(({ status }) => status === 'refused');
    expect(refused).toHaveLength(2);
    expect(records.modelEvents.map(({ event }) => event)).toEqual(['promoted', 'refused', 'refused']);
    expect(records.modelEvents[1]).toMatchObject({ churn: expect.any(Number), silhouetteGain: expect.any(Number) });
    await trainer.request(asked({ kind: 'promote', modelVersion: refused[0]!.modelVersion }));
    expect(scorer.modelVersion).toBe(refused[0]!.modelVersion);
    expect(trainer.models.map(({ status }) => status)).toEqual(['former', 'champion', 'refused']);
    const { nextSegmentNumber, champion } = trainer.snapshot();
    for (const id of champion!.clusterModel.segmentIds) expect(Number(id.slice(1))).toBeLessThan(nextSegmentNumber);
  });

  it('says what it can not do, and changes nothing', async () => {
    const { trainer, models, teach, records } = started();
    await teach(1);
    await trainer.request(asked({ kind: 'rollback', from: 'v1', to: 'v0' }));
    await trainer.request(asked({ kind: 'retrain', fresh: false }));
    await teach(1);
    const champion = trainer.models[0]!.modelVersion;
    const before = models.length;
    await trainer.request(asked({ kind: 'rollback', from: 'v2', to: 'v1' }, 'overtaken'));
    await trainer.request(asked({ kind: 'promote', modelVersion: champion }, 'again'));
    await trainer.request(asked({ kind: 'promote', modelVersion: 'v9' }, 'unknown'));
    expect(models).toHaveLength(before);
    const declined = records.modelEvents.filter(({ event }) => event === 'declined');
    expect(declined.map(({ why }) => why[0])).toEqual([
      'no model is in force, and not v1, which was to give way to v0',
      'there is no model yet to train another from; the first comes by itself',
      `${champion} is in force, and not v2, which was to give way to v1`,
      `${champion} is in force already`,
      expect.stringMatching(/^there is no model v9/),
    ]);
  });

  it('says that a file is damaged, and serves on', async () => {
    const registry = createMemoryRegistry();
    const read = async () => new Uint8Array(3);
    const { trainer, teach, records } = started(OPEN, { registry: { ...registry, read } });
    await teach(6);
    const { modelVersion } = trainer.snapshot().champion!.clusterModel;
    await trainer.request(back(trainer));
    expect(records.modelEvents.at(-1)).toMatchObject({ event: 'declined', why: [expect.stringMatching(/damaged/)] });
    expect(trainer.snapshot().champion!.clusterModel.modelVersion).toBe(modelVersion);
  });

  it('does once what is asked twice, also after a restart', async () => {
    const first = started(OPEN);
    await first.teach(6);
    const request = back(first.trainer);
    await first.trainer.request(request);
    const [champion] = first.trainer.models;
    const from = { trainer: first.trainer.snapshot(), models: first.models, lessons: 6 };
    const resumed = started(OPEN, {}, from);
    await resumed.trainer.request(request);
    expect(resumed.trainer.models[0]).toEqual(champion);
    expect(resumed.models).toEqual([]);
  });

  it('retrains when it is asked to, from new weights where that is asked for, and counts the interval from there', async () => {
    const jobs: TrainingJob[] = [];
    const train = (job: TrainingJob): Training => {
      jobs.push(job);
      return trainHere(job);
    };
    const { trainer, teach } = started(OPEN, { train });
    await teach(3);
    await trainer.request(asked({ kind: 'retrain', fresh: true }));
    expect(jobs.map(({ fresh, reasons }) => [fresh, reasons])).toEqual([
      [false, ['first fit: 512 windows']],
      [true, ['by hand: retrain (a test)']],
    ]);
    await teach(2);
    expect(jobs).toHaveLength(2);
    await teach(1);
    expect(jobs).toHaveLength(3);
  });

  it('ends a training whose challenger was to be held against the model that it replaces', async () => {
    let stopped = 0;
    let trainings = 0;
    const train = (job: TrainingJob): Training =>
      ++trainings < 3 ? trainHere(job) : { result: new Promise(() => undefined), stop: async () => void stopped++ };
    const { trainer, teach } = started({ ...OPEN, swapAfterWindows: 256 }, { train });
    await teach(8);
    expect(trainer.snapshot().underWay).not.toBeNull();
    await trainer.request(back(trainer));
    expect(stopped).toBe(1);
    expect(trainer.snapshot().underWay).toBeNull();
    expect(trainer.outcomes.at(-1)!.why[0]).toMatch(/^the training was ended: v1-\w+ was put into force by hand/);
    await teach(2);
    expect(trainings).toBe(3);
  });

  it('keeps so many former models and no more, by hand fewer', async () => {
    const { trainer, teach, records } = started({ ...OPEN, retrain: { everyWindows: 256, firstFit: 256 } });
    await teach(5);
    const statuses = trainer.models.map(({ status }) => status);
    expect(statuses).toEqual(['former', 'former', 'refused', 'former', 'champion']);
    await trainer.request(asked({ kind: 'prune', keep: 1 }));
    expect(trainer.models.map(({ status }) => status)).toEqual(['refused', 'former', 'champion']);
    expect(records.modelEvents.filter(({ event }) => event === 'pruned')).toHaveLength(2);
    await trainer.request(asked({ kind: 'prune', keep: 1 }, 'again'));
    expect(records.modelEvents.at(-1)).toMatchObject({
      event: 'declined',
      why: [expect.stringMatching(/no more than 1/)],
    });
  });
});
