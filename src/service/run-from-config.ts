import type { Registry } from 'prom-client';
import type { Clock } from '../ports.js';
import type { Config } from './config/schema.js';
import type { Log } from './log.js';
import type { Progress, RunSummary } from './run-summary.js';

/** Runs the whole pipeline as a config says, to the end of its input or until it is told to stop. */
export type RunFromConfig = (config: Config, deps: RunDeps) => Promise<RunSummary>;

export interface RunDeps {
  /** Aborted to stop in order: what was read is finished, flushed and checkpointed. */
  readonly signal: AbortSignal;
  /** Called often; must be cheap and must not throw. */
  readonly progress: (progress: Progress) => void;
  readonly log: Log;
  readonly clock: Clock;
  /** Takes metrics while it runs. @default nothing is measured */
  readonly metrics?: Registry | undefined;
}
