import { SegtideError } from '../../errors.js';
import type { FloatArray } from './recurrent-engine.js';

/** Updates of a network with evaluations between them, of which the best parameters stand. */
export interface EvaluatedTraining<E extends Evaluation> {
  /** Updates until the next evaluation, and that; true when the training has come to its end. */
  advance(): boolean;
  /** Updates done. */
  readonly updates: number;
  /** Mean loss of the updates since the evaluation before the last. */
  readonly trainLoss: number;
  /** The last one. */
  readonly evaluation: E | undefined;
  /**
   * Those with the least loss in an evaluation.
   *
   * @throws SegtideError `encoder` before the first
   */
  best(): BestParameters<E>;
  /** Why the training ended before its time; undefined where nothing went wrong. */
  readonly warning: string | undefined;
}

export interface Evaluation {
  readonly loss: number;
}

export interface BestParameters<E> {
  readonly parameters: FloatArray;
  /** Mean loss of the updates between the evaluation before and the one that ends at these parameters. */
  readonly trainLoss: number;
  readonly evaluation: E;
}

export interface EvaluatedTrainingParts<E extends Evaluation> {
  /** A copy of the parameters as they are now. */
  readonly copy: () => FloatArray;
  /** Updates at most. */
  readonly most: number;
  /** Updates until which a loss that stands still may fall again. */
  readonly settled: number;
  /** Evaluations without a better loss, from then on, that end the training. */
  readonly patience: number;
  /** Takes an update, counted from 0, unless its loss is not finite; returns that loss. */
  readonly update: (number: number) => number;
  /** Evaluates the parameters as they are now. */
  readonly evaluate: () => E;
  /** Key of the learning rate, which a training that diverges should have lower. */
  readonly rateKey: string;
}

/** Evaluations of a full training; each costs about as much as three updates for a hundred held-out series. */
const EVALUATIONS = 20;

/** Prepares a training, and takes no update yet. */
export function createEvaluatedTraining<E extends Evaluation>({
  copy,
  most,
  settled,
  patience,
  update,
  evaluate,
  rateKey,
}: EvaluatedTrainingParts<E>): EvaluatedTraining<E> {
  let updates = 0;
  let evaluations = 0;
  let withoutGain = 0;
  let trainLoss = Number.NaN;
  let evaluation: E | undefined;
  let warning: string | undefined;
  let best: BestParameters<E> | undefined;

  /** What was learnt before is not lost by what comes later: the best parameters stand, where there are any. */
  const diverge = (loss: number): true => {
    const what = `the loss became ${loss} after ${updates} updates`;
    const advice = `Scale the series, or lower ${rateKey}.`;
    if (best === undefined) throw new SegtideError('encoder', `T${what.slice(1)}. ${advice}`);
    warning = `${what}, and the best weights of those before were taken. ${advice}`;
    return true;
  };

  return {
    advance: () => {
      evaluations++;
      const until = Math.max(updates + 1, Math.round((evaluations * most) / EVALUATIONS));
      const from = updates;
      let sum = 0;
      while (updates < Math.min(until, most)) {
        const loss = update(updates);
        if (!Number.isFinite(loss)) return diverge(loss);
        updates++;
        sum += loss;
      }
      trainLoss = sum / (updates - from);
      evaluation = evaluate();
      if (!Number.isFinite(evaluation.loss)) return diverge(evaluation.loss);
      if (best === undefined || evaluation.loss < best.evaluation.loss) {
        best = { parameters: copy(), trainLoss, evaluation };
        withoutGain = 0;
      } else if (updates >= settled) {
        withoutGain++;
      }
      return updates >= most || withoutGain >= patience;
    },
    get updates() {
      return updates;
    },
    get trainLoss() {
      return trainLoss;
    },
    get evaluation() {
      return evaluation;
    },
    best: () => {
      if (best === undefined) throw new SegtideError('encoder', 'A training has no fit before its first evaluation.');
      return best;
    },
    get warning() {
      return warning;
    },
  };
}
