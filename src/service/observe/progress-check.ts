import type { Clock } from '../../ports.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { CheckResult } from '../http/health.js';

/** Whether the owner of a partition goes on, and brokers answer it. */
export interface ProgressCheck {
  /** The owner has looked for records, or is done with some. */
  turned(): void;
  /** When it last did, epoch ms. */
  readonly turnedAt: number;
  /** When a broker was last seen to have answered for it, epoch ms. */
  readonly answeredAt: number;
  /** Undefined where all is well; else what is wrong, in words. */
  problem(): string | undefined;
}

/** @param stuckAfterMs a partition that nobody looks after for so long hangs */
export function createProgressCheck(
  { partition, rounds }: Pick<AssignedPartition, 'partition' | 'rounds'>,
  readRounds: () => number,
  { clock, stuckAfterMs }: { readonly clock: Clock; readonly stuckAfterMs: number },
): ProgressCheck {
  let turnedAt = clock.now();
  let answered = { rounds, at: turnedAt };
  return {
    turned() {
      turnedAt = clock.now();
      const now = readRounds();
      if (now !== answered.rounds) answered = { rounds: now, at: turnedAt };
    },
    get turnedAt() {
      return turnedAt;
    },
    get answeredAt() {
      return answered.at;
    },
    problem() {
      const stuck = clock.now() - turnedAt;
      if (stuck >= stuckAfterMs) {
        return `partition ${partition} hangs: nothing was read or committed for ${seconds(stuck)}; brokers may be away`;
      }
      const silent = clock.now() - answered.at;
      if (silent < stuckAfterMs) return undefined;
      return `no broker has answered for partition ${partition} for ${seconds(silent)}`;
    },
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** One result of many partitions: the first problem, or that there is none. */
export function toCheckResult(problems: readonly (string | undefined)[], well: string): CheckResult {
  const problem = problems.find((text) => text !== undefined);
  return problem === undefined ? { ok: true, detail: well } : { ok: false, detail: problem };
}
