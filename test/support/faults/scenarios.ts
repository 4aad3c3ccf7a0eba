import {
  breakConnections,
  freezeLinks,
  killBroker,
  killOneOfThree,
  type ProxyFaults,
  stopBroker,
  stopWhileAway,
} from './broker-scenarios.js';
import { killCopyingWorkers } from './copy-scenarios.js';
import type { StageSizes } from './open-stage.js';
import type { ScenarioResult, Stage } from './scenario.js';
import { killTrainers } from './trainer-scenarios.js';
import { killWorkers, restartInTurn, scaleWorkers, suspendWorkers, terminateWorkers } from './worker-scenarios.js';

export interface ScenarioSizes extends StageSizes {
  readonly kills: number;
  readonly suspensions: number;
  readonly terminations: number;
  readonly restarts: number;
  readonly copyingKills: number;
  readonly trainerKills: number;
  readonly brokerKills: number;
  readonly clusterKills: number;
  readonly brokerAwayMs: number;
  readonly proxyFaults: ProxyFaults;
  readonly slowResets: ProxyFaults;
  readonly freezes: { readonly times: number; readonly everyMs: number };
  readonly scaling: { readonly most: number; readonly rounds: number; readonly everyMs: number };
  /** Faults come within so long after each other. In ms. */
  readonly withinMs: number;
}

/** For each change of the code. */
export const SMALL: ScenarioSizes = {
  customers: 200,
  days: 24,
  partitions: 4,
  kills: 3,
  suspensions: 2,
  terminations: 3,
  restarts: 4,
  copyingKills: 3,
  trainerKills: 2,
  brokerKills: 2,
  clusterKills: 2,
  brokerAwayMs: 5000,
  proxyFaults: { lost: 3, cut: 4, resets: 1, everyMs: 1000 },
  slowResets: { lost: 0, cut: 0, resets: 2, everyMs: 10_000 },
  freezes: { times: 1, everyMs: 1000 },
  scaling: { most: 3, rounds: 1, everyMs: 2500 },
  withinMs: 4000,
};

/** For docs/reliability.md. */
export const FULL: ScenarioSizes = {
  customers: 2000,
  days: 84,
  partitions: 8,
  kills: 50,
  suspensions: 20,
  terminations: 50,
  restarts: 8,
  copyingKills: 20,
  trainerKills: 20,
  brokerKills: 20,
  clusterKills: 6,
  brokerAwayMs: 300_000,
  proxyFaults: { lost: 50, cut: 50, resets: 20, everyMs: 3000 },
  slowResets: { lost: 0, cut: 0, resets: 10, everyMs: 30_000 },
  freezes: { times: 10, everyMs: 3000 },
  scaling: { most: 4, rounds: 12, everyMs: 4000 },
  withinMs: 5000,
};

export interface Scenario {
  readonly name: string;
  /** Too slow for each change of the code, or much like another that is played then. */
  readonly isRare?: boolean;
  play(stage: Stage, sizes: ScenarioSizes): Promise<ScenarioResult>;
}

const SLOW = { meanMs: 500, spreadMs: 300 };
const NOT_SLOW = { meanMs: 0, spreadMs: 0 };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'kill -9 of the only worker',
    isRare: true,
    play: (stage, { kills, withinMs }) => killWorkers(stage, 1, { times: kills, withinMs }),
  },
  {
    name: 'kill -9 of one of two workers',
    play: (stage, { kills, withinMs }) => killWorkers(stage, 2, { times: kills, withinMs }),
  },
  {
    name: 'SIGSTOP beyond the session, then SIGCONT',
    play: (stage, { suspensions, withinMs }) => suspendWorkers(stage, { times: suspensions, withinMs }),
  },
  {
    name: 'SIGTERM under load, exactly-once',
    play: (stage, { terminations, withinMs }) =>
      terminateWorkers(stage, 'exactly-once', { times: terminations, withinMs }),
  },
  {
    name: 'SIGTERM under load, at-least-once',
    isRare: true,
    play: (stage, { terminations, withinMs }) =>
      terminateWorkers(stage, 'at-least-once', { times: terminations, withinMs }),
  },
  {
    name: 'more and fewer workers',
    play: (stage, { scaling }) => scaleWorkers(stage, scaling),
  },
  {
    name: 'kill -9 of the broker',
    play: (stage, { brokerKills, withinMs }) => killBroker(stage, { times: brokerKills, withinMs }),
  },
  {
    name: 'broker away for a while',
    isRare: true,
    play: (stage, { brokerAwayMs }) => stopBroker(stage, { awayMs: brokerAwayMs }),
  },
  {
    name: 'lost replies to commits, and resets',
    play: (stage, { proxyFaults }) => breakConnections(stage, proxyFaults, NOT_SLOW),
  },
  {
    name: 'latency of 500 ± 300 ms, and resets',
    isRare: true,
    play: (stage, { slowResets }) => breakConnections(stage, slowResets, SLOW),
  },
  {
    name: 'half-open links',
    play: (stage, { freezes }) => freezeLinks(stage, freezes),
  },
  {
    name: 'kill -9 of copying workers, records without keys',
    isRare: true,
    play: (stage, { copyingKills, withinMs }) => killCopyingWorkers(stage, { times: copyingKills, withinMs }),
  },
  {
    name: 'rolling restart of four workers',
    isRare: true,
    play: (stage, { restarts, withinMs }) => restartInTurn(stage, { times: restarts, withinMs }),
  },
  {
    name: 'kill -9 of one of three brokers, exactly-once',
    play: (stage, { clusterKills, withinMs }) =>
      killOneOfThree(stage, 'exactly-once', { times: clusterKills, withinMs }),
  },
  {
    name: 'kill -9 of one of three brokers, at-least-once',
    isRare: true,
    play: (stage, { clusterKills, withinMs }) =>
      killOneOfThree(stage, 'at-least-once', { times: clusterKills, withinMs }),
  },
  {
    name: 'a stop while the broker is away',
    isRare: true,
    play: (stage) => stopWhileAway(stage),
  },
  {
    name: 'kill -9 of the trainer, in trainings and while it publishes',
    play: (stage, { trainerKills }) => killTrainers(stage, { times: trainerKills }),
  },
];
