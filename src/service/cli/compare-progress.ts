import type { TrainingProgress } from '../../train/training-progress.js';
import type { ComparisonStep } from '../compare/compare-windows.js';
import { formatSeconds, formatShare } from '../summary/format.js';

/** Tells how far a comparison is. */
export interface CompareProgress {
  begin(step: ComparisonStep): void;
  /** All is tried, and the page is being made. */
  draw(encoder: string): void;
  /** Takes note of where the training stands that is part of the step. */
  train(progress: TrainingProgress): void;
  /** The step under way in one line: what it is, since when its encoder is tried, and how long that will go on. */
  line(): string;
}

export interface CompareProgressOptions {
  readonly encoders: number;
  readonly seeds: number;
  /** Epoch ms. */
  readonly now: () => number;
}

export function createCompareProgress({ encoders, seeds, now }: CompareProgressOptions): CompareProgress {
  let current: ComparisonStep | undefined;
  let began = 0;
  let secondsOfSeed: number | undefined;
  let training: TrainingProgress | undefined;
  let drawn: string | undefined;

  function elapsed(): number {
    return (now() - began) / 1000;
  }

  return {
    begin: (step) => {
      if (step.encoderNumber !== current?.encoderNumber) {
        began = now();
        secondsOfSeed = undefined;
      } else if (step.seedNumber !== current.seedNumber) secondsOfSeed = elapsed() / (step.seedNumber - 1);
      current = step;
      training = undefined;
    },
    draw: (encoder) => {
      drawn = encoder;
    },
    train: (progress) => {
      training = progress;
    },
    line: () => {
      if (drawn !== undefined) return `drawing  maps of ${drawn}`;
      if (current === undefined) return 'comparing';
      const { encoder, encoderNumber, method, seedNumber } = current;
      const left = (secondsOfSeed ?? 0) * seeds - elapsed();
      return [
        `${encoderNumber} of ${encoders}`,
        method === null ? encoder : `${encoder}, ${method}`,
        `seed ${seedNumber} of ${seeds}`,
        `${formatSeconds(elapsed())} so far${left > 0 ? `, about ${formatSeconds(left)} left` : ''}`,
        ...(training === undefined ? [] : [trainingPart(training)]),
      ].join('  ');
    },
  };
}

function trainingPart({ updates, of, remainingMs }: TrainingProgress): string {
  return `training ${formatShare(updates / of)}, ${formatSeconds(remainingMs / 1000)} to go`;
}
