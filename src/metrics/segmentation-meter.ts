import type { Registry } from 'prom-client';
import type { OpenEncoder } from '../encode/open-encoder.js';
import type { Clock } from '../ports.js';
import type { SegmentationOutputs } from '../segmentation.js';
import type { TrainerParts } from '../trainer/trainer-parts.js';
import type { Trainer } from '../trainer.js';
import { fatesSince, NO_FATES } from '../window/fates.js';
import type { Windower } from '../window/windower.js';
import { createTrainerMeter } from './trainer-meter.js';
import { createWorkerMeter } from './worker-meter.js';

/** Measures a worker and a trainer of one process, which have one partition. */
export interface SegmentationMeter {
  readonly outputs: SegmentationOutputs;
  encoders(open: OpenEncoder): OpenEncoder;
  train(start: NonNullable<TrainerParts['train']>): NonNullable<TrainerParts['train']>;
  /** What is read at each scrape. */
  began(windower: Windower, trainer: Trainer): void;
  /** A page is taken up. */
  pulled(): void;
  /** The page is dealt with. */
  done(): void;
  /** Takes all metrics out of the registry. */
  close(): void;
}

/**
 * @param clock the wall clock of a live stream
 * @throws SegtideError `config` where the registry serves another stream
 */
export function createSegmentationMeter(
  registry: Registry,
  outputs: SegmentationOutputs,
  clock: Clock | undefined,
): SegmentationMeter {
  const now = (): number => performance.now();
  const worker = createWorkerMeter(registry, clock, now);
  const trainer = createTrainerMeter(registry, clock, now);
  let windower: Windower | undefined;
  let fates = NO_FATES;
  const partition = worker.partition('0', () => ({ windower }));
  let begun = now();
  return {
    outputs: {
      ...outputs,
      ...partition.outputs(outputs),
      drift: trainer.drift(outputs.drift),
      modelEvents: outputs.modelEvents && trainer.modelEvents(outputs.modelEvents),
    },
    encoders: worker.encoders,
    train: trainer.train,
    began(cut, started) {
      windower = cut;
      fates = cut.fates;
      trainer.started(started);
    },
    pulled() {
      begun = now();
    },
    done() {
      worker.page(now() - begun);
      trainer.turned();
      const before = fates;
      fates = windower?.fates ?? before;
      partition.came(fatesSince(before, fates));
    },
    close() {
      partition.close();
      worker.close();
      trainer.close();
    },
  };
}
