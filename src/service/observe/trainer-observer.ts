import { createTrainerMeter } from '../../metrics/trainer-meter.js';
import { DRIFT, MODEL_EVENTS, type Output } from '../../publish/output.js';
import { startTraining } from '../../train/start-training.js';
import type { CheckResult } from '../http/health.js';
import type { RecordBuffer } from '../record-buffer.js';
import type { TrainerRoleParts } from '../trainer/run-trainer.js';
import { createProgressCheck, type ProgressCheck } from './progress-check.js';
import { watchedPartition } from './watched-partition.js';
import type { ObserverParts } from './worker-observer.js';

/** Watches a trainer for metrics and health, from outside. One that stands by is ready, and has no metrics. */
export interface TrainerObserver {
  /** The group has met, and another trainer is the active one. */
  idle(): void;
  /** What a trainer works with, watched until it is the active one no more. */
  observe(parts: TrainerRoleParts): TrainerRoleParts;
  close(): void;
}

export function createTrainerObserver({ registry, health, clock, stuckAfterMs }: ObserverParts): TrainerObserver {
  let active: { readonly progress: ProgressCheck; isRestored: boolean; version: () => string | undefined } | undefined;
  let standsBy = false;
  const standing: CheckResult = { ok: true, detail: 'standing by: another trainer is active' };
  const missing: CheckResult = { ok: false, detail: 'the consumer group has not met yet' };
  const whileActive = (check: (of: NonNullable<typeof active>) => CheckResult) => (): CheckResult => {
    if (active !== undefined) return check(active);
    return standsBy ? standing : missing;
  };
  const removals = [
    health.add(
      'trainer.assigned',
      whileActive(() => ({ ok: true, detail: 'active' })),
    ),
    health.add(
      'trainer.restored',
      whileActive(({ isRestored }) => ({
        ok: isRestored,
        detail: isRestored ? 'as it was left' : 'restoring its state',
      })),
    ),
    health.add(
      'trainer.progressing',
      whileActive(({ progress }) => {
        const problem = progress.problem();
        return { ok: problem === undefined, detail: problem ?? 'it looks for lessons' };
      }),
    ),
    health.add(
      'trainer.model',
      whileActive(({ version }) => ({ ok: true, detail: version() ?? 'warming: there is no model yet' })),
    ),
  ];

  return {
    idle() {
      standsBy = true;
    },
    observe(parts) {
      const { partition: assigned, store, records } = parts;
      const meter = createTrainerMeter(registry, clock, () => performance.now());
      const progress = createProgressCheck(assigned, () => assigned.rounds, { clock, stuckAfterMs });
      const own = { progress, isRestored: false, version: (): string | undefined => undefined };
      active = own;
      standsBy = false;
      assigned.signal.addEventListener(
        'abort',
        () => {
          meter.close();
          if (active === own) active = undefined;
        },
        { once: true },
      );
      const sink = records.sink.bind(records);
      const measured = async (output: Output<unknown>): Promise<unknown> => {
        if (output.name === DRIFT.name) return meter.drift(await sink(DRIFT));
        if (output.name === MODEL_EVENTS.name) return meter.modelEvents(await sink(MODEL_EVENTS));
        return sink(output);
      };
      return {
        ...parts,
        partition: watchedPartition(assigned, () => {
          progress.turned();
          meter.turned();
        }),
        store: {
          open: () => store.open(),
          commit: (commit) => meter.commit(() => store.commit(commit)),
          get logged() {
            return store.logged;
          },
          close: () => store.close(),
        },
        records: Object.assign(records, { sink: measured as RecordBuffer['sink'] }),
        train: meter.train(parts.train ?? startTraining),
        onStart(trainer) {
          own.isRestored = true;
          own.version = () => trainer.clusterModel?.modelVersion;
          meter.started(trainer);
          parts.onStart?.(trainer);
        },
      };
    },
    close() {
      for (const remove of removals) remove();
    },
  };
}
