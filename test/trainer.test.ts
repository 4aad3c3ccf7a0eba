import { describe, expect, it } from 'vitest';
import { SegtideError } from '../src/errors.js';
import type { ModelRecord } from '../src/train/model-record.js';
import type { Training } from '../src/train/start-training.js';
import type { TrainingJob } from '../src/train/training-job.js';
import type { TrainingOutcome } from '../src/train/training-outcome.js';
import type { TrainerParts } from '../src/trainer/trainer-parts.js';
import { expectSame } from './support/expect-same.js';
import { trainHere } from './support/small-stream.js';
import { LESSONS, started } from './support/taught-trainer.js';

describe('a trainer', () => {
  it('fits a first model once it has seen enough windows, and says why', async () => {
    const { trainer, models, teach, records } = started();
    await teach(1);
    expect(models).toEqual([]);
    await teach(1);
    expect(models).toHaveLength(1);
    expect(trainer.outcomes).toMatchObject([
      {
        reasons: ['first fit: 512 windows'],
        promoted: true,
        why: ['sound, with no model to compare it with'],
        atWindow: 512,
      },
    ]);
    expect(records.segments.map(({ segmentId, lineage }) => [segmentId, lineage])).toEqual([
      ['s1', 'born'],
      ['s2', 'born'],
      ['s3', 'born'],
    ]);
  });

  it('retrains after so many windows, from the champion, with a number and a seed of its own', async () => {
    const jobs: TrainingJob[] = [];
    const { teach } = started({}, { train: recording(jobs) });
    await teach(LESSONS);
    expect(jobs.map(({ number, seed, fresh, champion }) => [number, seed, fresh, champion !== undefined])).toEqual([
      [1, 2, false, false],
      [2, 3, false, true],
      [3, 4, true, true],
    ]);
    expect(jobs[1]!.reasons).toEqual(['768 windows since the last fit']);
  });

  it('learns from the reservoir as it was when the training began', async () => {
    const jobs: TrainingJob[] = [];
    const { teach } = started({ swapAfterWindows: 512 }, { train: recording(jobs) });
    await teach(2);
    const before = structuredClone(jobs[0]!.reservoir);
    await teach(1);
    expect(jobs[0]!.reservoir).toEqual(before);
    expect(jobs[0]!.reservoir.customers.length).toBe(512);
  });

  it('publishes a model exactly so many windows after the one that it was trained up to', async () => {
    const { models, teach } = started({ swapAfterWindows: 512 });
    await teach(3);
    expect(models).toEqual([]);
    await teach(1);
    expect(models).toHaveLength(1);
  });

  it('publishes on arrival when live, and does not wait for it', async () => {
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    let result: Training['result'] | undefined;
    const train = (job: TrainingJob): Training => {
      if (result !== undefined) return { result: new Promise(() => undefined), stop: async () => undefined };
      result = arrived.then(() => trainHere(job).result);
      return { result, stop: async () => undefined };
    };
    const { models, teach } = started({ swapAfterWindows: undefined }, { train });
    await teach(5);
    expect(models).toEqual([]);
    arrive();
    await result;
    await teach(1);
    expect(models).toHaveLength(1);
  });

  it('takes a model into force before the next learning batch when it is asked to settle, but never waits for one', async () => {
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    let result: Training['result'] | undefined;
    const train = (job: TrainingJob): Training => {
      result = arrived.then(() => trainHere(job).result);
      return { result, stop: async () => undefined };
    };
    const { trainer, models, teach } = started({ swapAfterWindows: undefined }, { train });
    await teach(2);
    await trainer.settle();
    expect(models).toEqual([]);
    arrive();
    await result;
    await trainer.settle();
    await trainer.settle();
    expect(models).toHaveLength(1);
  });

  it('settles nothing between two learning batches of a replay', async () => {
    const { trainer, models, teach } = started({ swapAfterWindows: 256 });
    await teach(2);
    await trainer.settle();
    expect(models).toEqual([]);
    await teach(1);
    expect(models).toHaveLength(1);
  });

  it('says why a first model was refused, and tries again after twice as many windows', async () => {
    const { trainer, models, teach } = started({
      gate: { minActiveUnits: 99 },
      retrain: { firstFit: 256, everyWindows: 4096 },
    });
    await teach(LESSONS);
    expect(models).toEqual([]);
    expect(trainer.outcomes.map(({ atWindow, promoted }) => [atWindow, promoted])).toEqual([
      [256, false],
      [768, false],
      [1792, false],
    ]);
    expect(trainer.outcomes[1]!.reasons).toEqual(['first fit: 512 windows since the last of 1 without a model']);
    for (const { why } of trainer.outcomes) expect(why[0]).toMatch(/active latent units; at least 99 are needed/);
  });

  it('keeps a training that was due when it was stopped in its snapshot, so that it is begun again', async () => {
    const whole = started({ swapAfterWindows: 256 });
    await whole.teach(3);
    let trainings = 0;
    const train = (job: TrainingJob): Training => {
      trainings++;
      return trainHere(job);
    };
    const first = started({ swapAfterWindows: 256 }, { train });
    await first.teach(1);
    await first.trainer.stop();
    await first.teach(1);
    expect(trainings).toBe(0);
    const from = { trainer: first.trainer.snapshot(), models: [], lessons: 2 };
    const resumed = started({ swapAfterWindows: 256 }, {}, from);
    await resumed.teach(1);
    expect(resumed.trainer.outcomes).toEqual(whole.trainer.outcomes);
  });

  it('lets the event loop have its turn before and after a training begins', async () => {
    const order: string[] = [];
    const train = (job: TrainingJob): Training => {
      order.push('training');
      setImmediate(() => order.push('turn'));
      return trainHere(job);
    };
    const { teach } = started({ swapAfterWindows: undefined }, { train });
    await teach(1);
    setImmediate(() => order.push('turn'));
    await teach(1);
    expect(order).toEqual(['turn', 'training', 'turn']);
  });

  it('keeps the champion when the gate refuses the challenger', async () => {
    const { trainer, models, teach } = started({ gate: { minGain: 1e6 } });
    await teach(LESSONS);
    expect(trainer.outcomes.map(({ promoted }) => promoted)).toEqual([true, false, false]);
    expect(trainer.outcomes[1]!.why[0]).toMatch(/no gain/);
    expect(models.filter(({ kind }) => kind === 'model')).toHaveLength(1);
    expect(trainer.snapshot().champion!.clusterModel.modelVersion).toBe(trainer.outcomes[0]!.modelVersion);
  });

  it('moves centroids by what was taught, an epoch at a time, and only those of its model', async () => {
    const { models, teach } = started({ epochWindows: 256, retrain: { everyWindows: 100_000 } });
    await teach(6);
    const epochs = models.filter((record) => record.kind === 'centroids').map(({ cluster }) => cluster.centroidEpoch);
    expect(epochs).toEqual([1, 2, 3, 4]);
  });

  it('gives a starved centroid a new place between retrainings, tells it, and goes on the same after a restart', async () => {
    const options = { epochWindows: 256, retrain: { everyWindows: 100_000 } };
    const first = started(options);
    await first.teach(2);
    // As if the third segment had died long ago, and its customers were now like others.
    const before = first.trainer.snapshot();
    const { clusterModel } = before.champion!;
    const [centroids, weights] = [clusterModel.centroids.slice(), clusterModel.weights.slice()];
    centroids.fill(50, 2 * clusterModel.size);
    weights[2] = 0;
    const starved = { ...clusterModel, centroids, weights };
    const models: ModelRecord[] = [...first.models, { kind: 'centroids', cluster: starved }];
    const champion = { ...before.champion!, clusterModel: starved };
    const segments = before.segments.map((record) => {
      const name = `${record.madeName} 7`;
      return { ...record, name, madeName: name };
    });
    const whole = started(options, {}, { trainer: { ...before, champion, segments }, models, lessons: 2 });
    await whole.teach(1);

    for (const { segmentId, name, decoded } of whole.records.segments) {
      expect(decoded).not.toBeNull();
      // What is said of a segment stays with it.
      if (segmentId !== 's4') expect(name).toMatch(/ 7$/);
    }
    const told = whole.records.segments.map(({ segmentId, lineage }) => [segmentId, lineage]);
    expect(told).toHaveLength(4);
    expect(told).toContainEqual(['s3', 'retired']);
    expect(told.find(([segmentId]) => segmentId === 's4')![1]).toMatch(/born|split/);
    const [moved] = whole.models;
    expect(moved).toMatchObject({ kind: 'centroids', cluster: { centroidEpoch: 1, segmentIds: ['s1', 's2', 's4'] } });
    const after = whole.trainer.snapshot();
    expect(after).toMatchObject({ nextSegmentNumber: 5, reseeded: { epoch: 1, rows: [2] }, reseedAt: 768 + 600 });

    // A lesson that was under way counts for the places that stayed.
    const late = whole.lessons[0]!.statistics;
    const more = started(options, {}, { trainer: after, models: [...models, ...whole.models], lessons: 3 });
    await more.trainer.observe(late);
    const [next] = more.models;
    if (next?.kind !== 'centroids' || moved?.kind !== 'centroids') throw new Error('no centroids');
    expect(next.cluster.centroids.slice(-clusterModel.size)).toEqual(moved.cluster.centroids.slice(-clusterModel.size));
    await whole.trainer.observe(late);
    expect(whole.models[1]).toEqual(next);
    expectSame(more.trainer.snapshot(), whole.trainer.snapshot());
  });

  it('drops and counts statistics of another model version', async () => {
    const { trainer, models, teach, lessons } = started({ epochWindows: 256 });
    await teach(3);
    const before = models.length;
    const { statistics } = lessons.at(-1)!;
    await trainer.observe({ ...statistics, statistics: { ...statistics.statistics!, modelVersion: 'v0' } });
    expect(trainer.droppedStatistics).toBe(1);
    expect(models).toHaveLength(before);
  });

  it('says that a training failed, and serves on with the champion', async () => {
    let trainings = 0;
    const train = (job: TrainingJob): Training => {
      const failing = ++trainings === 2;
      return failing
        ? { result: Promise.reject(new SegtideError('encoder', 'The loss became NaN.')), stop: async () => undefined }
        : trainHere(job);
    };
    const { trainer, models, teach } = started({}, { train });
    await teach(LESSONS);
    expect(trainer.outcomes.map(({ promoted }) => promoted)).toEqual([true, false, expect.any(Boolean)]);
    expect(trainer.outcomes[1]!.why).toEqual(['the training failed: The loss became NaN. The model in force stays.']);
    expect(models[0]!.kind).toBe('model');
  });

  it('says of no model that it stays in force where there is none', async () => {
    const failure = new SegtideError('encoder', 'The loss became NaN.');
    const train = (): Training => ({ result: Promise.reject(failure), stop: async () => undefined });
    const told: TrainingOutcome[] = [];
    const { trainer, teach } = started({}, { train, onFailure: (outcome) => told.push(outcome) });
    await teach(2);
    expect(trainer.outcomes).toMatchObject([{ failed: true, why: ['the training failed: The loss became NaN.'] }]);
    expect(told).toEqual(trainer.outcomes);
  });

  it('fails with what is no matter of the training', async () => {
    const train = (): Training => ({ result: Promise.reject(new TypeError('a defect')), stop: async () => undefined });
    const { teach } = started({}, { train });
    await expect(teach(2)).rejects.toThrow('a defect');
  });

  it('makes a first model of what there is at the end of the input', async () => {
    const { trainer, models, teach } = started();
    await teach(1);
    await trainer.end();
    expect(trainer.outcomes).toMatchObject([
      { reasons: ['first fit: end of input after 256 windows'], promoted: true },
    ]);
    expect(models).toHaveLength(1);
  });

  it('waits at the end for a first model under way, and ends any other training', async () => {
    const first = started({ swapAfterWindows: 100_000 });
    await first.teach(2);
    await first.trainer.end();
    expect(first.models).toHaveLength(1);

    let stopped = 0;
    let trainings = 0;
    const train = (job: TrainingJob): Training =>
      ++trainings === 1 ? trainHere(job) : { result: new Promise(() => undefined), stop: async () => void stopped++ };
    const later = started({ swapAfterWindows: 256 }, { train });
    await later.teach(5);
    await later.trainer.end();
    expect([trainings, stopped]).toEqual([2, 1]);
    expect(later.models.filter(({ kind }) => kind === 'model')).toHaveLength(1);
  });

  it('reports drift for every model, and once more at the end', async () => {
    const { trainer, teach, records } = started();
    await teach(LESSONS);
    await trainer.end();
    expect(new Set(records.drift.map(({ layer }) => layer))).toEqual(
      new Set(['input', 'embedding', 'assignment', 'model']),
    );
    expect(trainer.driftReports.reports).toBe(records.drift.length);
    expect(trainer.driftReports.drifted).toBe(records.drift.filter(({ drifted }) => drifted).length);
  });

  it.each([0, 512])(
    'goes on from any snapshot as if it had never stopped, swapping after %i windows',
    async (swapAfterWindows) => {
      const options = { swapAfterWindows, epochWindows: 256 };
      const whole = started(options);
      await whole.teach(LESSONS);
      await whole.trainer.end();
      const first = started(options);
      for (let at = 0; at <= LESSONS; at++) {
        if (at > 0) await first.teach(1);
        const snapshot = first.trainer.snapshot();
        const resumed = started(options, {}, { trainer: snapshot, models: first.models, lessons: at });
        await resumed.teach(LESSONS - at);
        await resumed.trainer.end();
        expectSame([...first.models, ...resumed.models], whole.models);
        expectSame(resumed.trainer.outcomes, whole.trainer.outcomes);
        expectSame([...first.records.segments, ...resumed.records.segments], whole.records.segments);
        expectSame([...first.records.drift, ...resumed.records.drift], whole.records.drift);
        expectSame(resumed.trainer.snapshot(), whole.trainer.snapshot());
      }
    },
  );

  it('forgets a customer: in its sample, in that of a training under way, and where the name stands for a segment', async () => {
    const { trainer, teach, records } = started({ swapAfterWindows: 512 });
    await teach(3);
    const customer = trainer.snapshot().underWay!.job.reservoir.customers[0]!;
    expect(trainer.snapshot().reservoir.customers).toContain(customer);
    await trainer.forget(customer);
    expect(trainer.snapshot().reservoir.customers).not.toContain(customer);
    expect(trainer.snapshot().underWay!.job.reservoir.customers).not.toContain(customer);
    await teach(1);

    const named = trainer.segments.find(({ medoidCustomer }) => medoidCustomer !== null)!;
    const before = records.segments.length;
    await trainer.forget(named.medoidCustomer!);
    expect(records.segments.slice(before)).toEqual([{ ...named, medoidCustomer: null, medoidStart: null }]);
    expect(trainer.segments.find(({ segmentId }) => segmentId === named.segmentId)!.medoidCustomer).toBe(null);
    await trainer.forget('nobody');
    expect(records.segments).toHaveLength(before + 1);
  });

  it('names nobody for a segment who was forgotten while its model was trained', async () => {
    const untouched = started({ swapAfterWindows: 512 });
    await untouched.teach(4);
    const named = untouched.trainer.segments.find(({ medoidCustomer }) => medoidCustomer !== null)!;
    const { trainer, teach } = started({ swapAfterWindows: 512 });
    await teach(2);
    await trainer.forget(named.medoidCustomer!);
    await teach(2);
    expect(trainer.segments.find(({ segmentId }) => segmentId === named.segmentId)).toEqual({
      ...named,
      medoidCustomer: null,
      medoidStart: null,
    });
  });

  it('moves centroids by the clock, too, when live, even while no lesson comes', async () => {
    let now = 0;
    const clock = { now: () => now };
    const options = { epochWindows: 100_000, retrain: { everyWindows: 100_000 } };
    const { trainer, models, teach } = started(options, { epochs: { everyMs: 5000, clock } });
    const epochs = () => models.filter((record) => record.kind === 'centroids').length;
    await teach(4);
    now = 4999;
    await trainer.settle();
    expect(epochs()).toBe(0);
    now = 5000;
    await trainer.settle();
    expect(epochs()).toBe(1);
    now = 20_000;
    await trainer.settle();
    expect(epochs()).toBe(1);
    await teach(1);
    expect(epochs()).toBe(2);
  });

  it('gives snapshots that later lessons do not change', async () => {
    const { trainer, teach } = started({ swapAfterWindows: 512 });
    await teach(5);
    const snapshot = trainer.snapshot();
    const before = structuredClone(snapshot);
    await teach(3);
    expectSame(snapshot, before);
  });
});

function recording(jobs: TrainingJob[]): NonNullable<TrainerParts['train']> {
  return (job) => {
    jobs.push(job);
    return trainHere(job);
  };
}
