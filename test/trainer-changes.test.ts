import { expect, it } from 'vitest';
import type { StatisticsRecord } from '../src/train/model-record.js';
import { runTrainingJob } from '../src/train/run-training-job.js';
import type { TrainingJob } from '../src/train/training-job.js';
import type { TrainerSnapshot } from '../src/trainer/trainer-snapshot.js';
import { createTrainer } from '../src/trainer.js';
import { collectOutputs, smallSettings } from './support/small-stream.js';
import { started } from './support/taught-trainer.js';

const OPTIONS = { epochWindows: 100_000, retrain: { everyWindows: 100_000 } };

/** A lesson whose windows lie elsewhere within their segments, and end a wave. */
function changed(record: StatisticsRecord): StatisticsRecord {
  const { statistics } = record;
  const { size, weights } = statistics!;
  const sums = statistics!.sums.map((sum, at) => sum + 20 * weights[Math.floor(at / size)]!);
  return { ...record, statistics: { ...statistics!, sums }, endsWave: true };
}

/** A trainer that acts on changes of behaviour, and takes 512 windows for a training. */
function watching(from: TrainerSnapshot, promoted: boolean) {
  const jobs: TrainingJob[] = [];
  const { trainer: settings } = smallSettings(OPTIONS);
  const outputs = collectOutputs();
  const trainer = createTrainer(
    {
      ...settings,
      retrainOnDrift: true,
      swapAfterWindows: 512,
      drift: { ...settings.drift, everyWindows: 1e9, everyMs: 1e15 },
    },
    {
      publishModel: async () => undefined,
      segments: outputs.segments,
      drift: outputs.drift,
      train: (job) => {
        jobs.push(job);
        const result = runTrainingJob(job).then((trained) => ({ ...trained, promoted }));
        return { result, stop: async () => undefined };
      },
    },
    structuredClone(from),
  );
  return { trainer, jobs, records: outputs.records };
}

it('trains once on a change of behaviour, however long it takes, and goes on from a restart in between', async () => {
  const stream = started(OPTIONS);
  await stream.teach(2);
  const before = stream.trainer.snapshot();
  await stream.teach(4);
  const lessons = stream.lessons.slice(2);
  const start = lessons[0]!.statistics.observation!.start;

  for (const promoted of [true, false]) {
    let { trainer, jobs, records } = watching(before, promoted);
    const all = [...jobs];
    const reports = [...records.drift];
    for (const [i, { samples, statistics }] of lessons.entries()) {
      if (i === 1) {
        all.push(...jobs);
        reports.push(...records.drift);
        ({ trainer, jobs, records } = watching(trainer.snapshot(), promoted));
      }
      trainer.sampled(samples);
      await trainer.observe(changed(statistics));
    }
    // Begun again after the restart, and never a second one but as windows double.
    for (const begun of [all, jobs]) {
      const onDrift = begun.filter(({ reasons }) => reasons.some((reason) => reason.includes('withinShift')));
      expect(onDrift.map(({ number, refit, since }) => [number, refit, since])).toEqual([[2, true, start]]);
    }
    const actions = [...reports, ...records.drift].flatMap(({ statistic, action }) =>
      statistic === 'withinShift' ? [action] : [],
    );
    expect([actions[0], new Set(actions.slice(1))]).toEqual(['refit', new Set(['suppressed'])]);
    expect(trainer.outcomes.map((outcome) => outcome.promoted)).toEqual([true, promoted]);
    // What the champion knows better so far may yet be another behaviour.
    const { since, fittedSince } = trainer.snapshot();
    expect([since, fittedSince]).toEqual([start, promoted ? start : null]);
  }
});
