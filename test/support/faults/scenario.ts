import type { Message } from 'kafkajs';
import { createRandom, type Random } from '../../../src/numeric/random.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import type { Broker } from '../kafka/start.js';
import type { Deviations } from './compare-outputs.js';
import { createDeployment, type Deployment, type DeploymentOptions } from './deployment.js';

/** What scenarios take place on. */
export interface Stage {
  /** The compiled command. */
  readonly main: string;
  readonly broker: Broker;
  /** A listener whose clients are told to come back at another port, where a proxy is to be. */
  readonly proxied: { readonly broker: string; readonly port: number };
  readonly records: readonly Message[];
  readonly partitions: number;
  readonly model?: ModelRecord | undefined;
}

export interface ScenarioResult {
  /** How often a fault struck. */
  readonly faults: number;
  readonly events: number;
  readonly deviations: Deviations;
  /** Longest time in which a partition that had records to read committed nothing. */
  readonly longestPauseMs: number;
  /** What else was measured, in words. */
  readonly notes: readonly string[];
}

/** Lets something happen to a deployment, and tells what became of its outputs. */
export async function play(
  stage: Stage,
  options: Partial<DeploymentOptions>,
  act: (deployment: Deployment, random: Random) => Promise<{ readonly faults: number; readonly notes?: string[] }>,
): Promise<ScenarioResult> {
  const { broker, proxied: _, ...rest } = stage;
  const deployment = await createDeployment({ brokers: broker.brokers, ...rest, ...options });
  try {
    const { faults, notes = [] } = await Promise.race([act(deployment, createRandom(1)), deployment.failed]);
    await deployment.feed.next(deployment.feed.left);
    if (deployment.workers.length === 0) deployment.startWorker();
    const deviations = await deployment.deviations();
    const { longestPauseMs } = deployment.lag;
    return { faults, events: stage.records.length, deviations, longestPauseMs, notes };
  } finally {
    await deployment.close();
  }
}
