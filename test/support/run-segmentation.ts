import { lastValueFrom } from 'rxjs';
import { SegtideError } from '../../src/errors.js';
import type { UsageBatch } from '../../src/ingest/usage-batch.js';
import type { Source } from '../../src/ports.js';
import {
  createSegmentation,
  type SegmentationOptions,
  type SegmentationSettings,
  type SegmentationSnapshot,
} from '../../src/segmentation.js';
import { type AdoptedModel, adoptModel } from '../../src/train/adopt-model.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import type { TrainingJob } from '../../src/train/training-job.js';
import { type TestEvent, toUsageBatch } from '../window/usage-events.js';
import { smallModels } from './small-models.js';
import { type CollectedOutputs, collectOutputs, smallSettings, smallStream, trainHere } from './small-stream.js';

export const EVENTS = smallStream(120, 16);

export const NO_FATES = { in: 0, accepted: 0, late: 0, duplicate: 0, deadLettered: 0, quarantined: 0, skipped: 0 };

export function createdSnapshot(): SegmentationSnapshot {
  return createSegmentation(smallSettings(), sourceOf([], 1), collectOutputs()).snapshot();
}

export async function runAll(
  settings: SegmentationSettings,
  events: readonly TestEvent[],
  size: number,
): Promise<CollectedOutputs['records']> {
  const outputs = collectOutputs();
  await run(settings, sourceOf(events, size), outputs);
  return outputs.records;
}

export async function run(
  settings: SegmentationSettings,
  source: Source,
  outputs: CollectedOutputs,
  options: SegmentationOptions = {},
  from?: SegmentationSnapshot,
): Promise<void> {
  const segmentation = createSegmentation(settings, source, outputs, { train: trainHere, ...options }, from);
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  await segmentation.end();
}

/** A model of other customers, to start with. */
export async function initialFor(settings: SegmentationSettings): Promise<AdoptedModel> {
  const [trained] = await smallModels(7);
  return adoptModel(decodeArtifact(trained!.artifact), settings.trainer.model);
}

/** Stops between two input batches, as a run does that is told to. */
export async function runUntil(
  settings: SegmentationSettings,
  events: readonly TestEvent[],
  size: number,
  batches: number,
  outputs: CollectedOutputs,
  options: SegmentationOptions = {},
): Promise<SegmentationSnapshot> {
  let pulled = 0;
  const source = sourceOf(events, size, 0, () => pulled++);
  const segmentation = createSegmentation(settings, source, outputs, {
    train: trainHere,
    isStopped: () => pulled >= batches,
    ...options,
  });
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  return segmentation.snapshot();
}

/** Batches are made as they are pulled, into the buffers of the batch before, as a parser does. */
export function sourceOf(
  events: readonly TestEvent[],
  size: number,
  from = 0,
  onPull: () => void = () => undefined,
): Source {
  let next = from * size;
  let last: UsageBatch | undefined;
  return {
    async pull() {
      last?.values.fill(Number.NaN);
      last?.idBytes.fill(0);
      if (next >= events.length) return undefined;
      onPull();
      last = toUsageBatch(events.slice(next, next + size), 1, next + 1);
      next += size;
      return last;
    },
    position: () => ({ next }),
    close: async () => undefined,
  };
}

/** Trainings that never come to their end by themselves. */
export function countingThreads() {
  let running = 0;
  let tellStarted = (): void => undefined;
  let tellStopped = (): void => undefined;
  const started = new Promise<void>((resolve) => (tellStarted = resolve));
  const stopped = new Promise<void>((resolve) => (tellStopped = resolve));
  const train = (_: TrainingJob) => {
    running++;
    let isRunning = true;
    tellStarted();
    let abort = (_error: Error): void => undefined;
    const result = new Promise<never>((_resolve, reject) => (abort = reject));
    result.catch(() => undefined);
    return {
      result,
      stop: async () => {
        if (isRunning) running--;
        isRunning = false;
        abort(new SegtideError('aborted', 'The training was stopped.'));
        tellStopped();
      },
    };
  };
  return { train, started, stopped, running: () => running };
}
