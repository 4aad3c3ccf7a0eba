import { setTimeout as sleep } from 'node:timers/promises';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import { trainerGroup } from '../../../src/service/topics/client-names.js';
import { decodeStatistics } from '../../../src/train/encode-statistics.js';
import { API, type FaultProxy, startFaultProxy } from '../kafka/fault-proxy.js';
import { readCommitted } from '../kafka/read-committed.js';
import type { UsageRecord } from '../kafka/simulated-usage.js';
import { openTestKafka } from '../kafka/state-place.js';
import { compareRetrained } from './compare-retrained.js';
import { createDeployment, type Deployment } from './deployment.js';
import { readTrainerState } from './read-trainer-state.js';
import type { RoleProcess } from './role-process.js';
import type { ScenarioResult, Stage } from './scenario.js';

/** Steps of the transaction that publishes a model, at which its trainer is killed. */
const STEPS = [
  { at: 'request', api: API.produce },
  { at: 'reply', api: API.produce },
  { at: 'request', api: API.addOffsetsToTxn },
  { at: 'request', api: API.txnOffsetCommit },
  { at: 'reply', api: API.txnOffsetCommit },
  { at: 'request', api: API.endTxn },
  { at: 'reply', api: API.endTxn },
] as const;

/**
 * kill -9 of the trainer, in turn while it trains and at a step of publishing a model, while two workers go on, one of
 * which is killed as well now and then.
 */
export async function killTrainers(stage: Stage, { times }: { readonly times: number }): Promise<ScenarioResult> {
  const { broker, proxied, model: _, ...rest } = stage;
  const deployment = await createDeployment({
    ...rest,
    brokers: broker.brokers,
    trainerBrokers: [`127.0.0.1:${proxied.port}`],
  });
  const proxy = await startFaultProxy(proxied.broker, proxied.port);
  try {
    const struck = await Promise.race([strike(broker.brokers, deployment, proxy, times), deployment.failed]);
    const found = await compare(broker.brokers, deployment, stage.records as readonly UsageRecord[]);
    const { longestPauseMs } = deployment.lag;
    const notes = [...struck.notes, ...found.notes];
    return { faults: struck.faults, events: stage.records.length, deviations: found.deviations, longestPauseMs, notes };
  } finally {
    await deployment.close();
    await proxy.close();
  }
}

async function strike(brokers: string[], deployment: Deployment, proxy: FaultProxy, times: number) {
  const { startWorker, startTrainer, feed } = deployment;
  const workers = [startWorker(), startWorker()];
  let trainer = startTrainer();
  const killed = { training: 0, publishing: 0, workers: 0 };
  let longestOrphanMs = 0;
  // Until all were struck the stream goes on, and never so fast that it ends before.
  let isOver = false;
  const feeding = (async () => {
    while (!isOver) await Promise.all([feed.next(FED, FED_MS), sleep(FED_MS)]);
  })();
  for (let i = 0; i < times; i++) {
    let children: readonly number[] = [];
    const isPublishing = i % 2 === 1;
    if (isPublishing) {
      await killAtStep(proxy, trainer, deployment.topic, STEPS[((i - 1) / 2) % STEPS.length]!);
      killed.publishing++;
    } else {
      while (children.length === 0) {
        await sleep(LOOK_MS);
        children = await trainer.children();
      }
      // Each time a little later into the training.
      await sleep((LONGEST_TRAINING_MS * i) / times);
      children = await trainer.children();
      await trainer.end('SIGKILL');
      killed.training++;
      longestOrphanMs = Math.max(longestOrphanMs, await untilGone(children));
    }
    if (i % 5 === 4) {
      await workers[0]!.end('SIGKILL');
      workers[0] = startWorker();
      killed.workers++;
    }
    trainer = startTrainer();
  }
  // The last one ends a training, whatever came of it, and windows are assigned by what there is then.
  await trainer.said(({ msg }) => msg === 'model published' || msg === 'model refused');
  isOver = true;
  await feeding;
  await feed.next(feed.left, REST_MS);
  await deployment.finish();
  await untilTaught(brokers, deployment);
  await trainer.end('SIGTERM');
  const notes = [
    `${killed.training} in trainings, ${killed.publishing} while publishing, ${killed.workers} of workers`,
    `a training outlives its trainer by ${longestOrphanMs} ms at most`,
  ];
  return { faults: times + killed.workers, notes };
}

/** Resolves when the trainer was killed at a step of the next transaction that holds a model. */
function killAtStep(proxy: FaultProxy, trainer: RoleProcess, topic: string, step: (typeof STEPS)[number]) {
  const hasModel = (frame: Buffer): boolean => frame.includes('/manifest') || frame.includes('/chunk-');
  const names = (frame: Buffer): boolean => frame.includes(`${topic}.faults.models`);
  return new Promise<void>((resolve) => {
    const kill = async () => {
      await trainer.end('SIGKILL');
      resolve();
      return 'cut' as const;
    };
    if (step.api === API.produce && step.at === 'request') {
      proxy.inject({ ...step, matches: hasModel, fate: kill });
      return;
    }
    const arm = async () => {
      proxy.inject({ ...step, ...(step.api === API.produce && { matches: names }), fate: kill });
      return 'pass' as const;
    };
    proxy.inject({ at: 'request', api: API.produce, matches: hasModel, fate: arm });
  });
}

/** Waits until none of the processes is there; answers for how long. In ms. */
async function untilGone(ids: readonly number[]): Promise<number> {
  const since = Date.now();
  const isThere = (id: number): boolean => {
    try {
      return process.kill(id, 0);
    } catch {
      return false;
    }
  };
  while (ids.some(isThere)) await sleep(LOOK_MS);
  return Date.now() - since;
}

/** Waits until the trainer has committed all that workers taught. */
async function untilTaught(brokers: string[], { config, topic }: Deployment): Promise<void> {
  const topics = ['statistics', 'samples'].map((name) => `${topic}.faults.${name}`);
  const { records, quiet, close } = await readCommitted(brokers, ...topics);
  await quiet();
  await close();
  const admin = openTestKafka(brokers).admin();
  await admin.connect();
  const groupId = trainerGroup(config.input.kafka!.groupId);
  const isTaught = async (): Promise<boolean> => {
    const offsets = await admin.fetchOffsets({ groupId, topics });
    return offsets.every(({ topic: of, partitions }) => {
      const last = records.findLast((record) => record.topic === of)?.offset ?? -1;
      return Number(partitions[0]!.offset) > last;
    });
  };
  while (!(await isTaught())) await sleep(200);
  await admin.disconnect();
}

async function compare(brokers: string[], deployment: Deployment, input: readonly UsageRecord[]) {
  const { config, topic } = deployment;
  const due = [...(await deployment.expected()).keys()]
    .filter((key) => key.startsWith('assignments '))
    .map((key) => key.slice('assignments '.length));
  const names = ['assignments', 'models', 'statistics'].map((name) => `${topic}.faults.${name}`);
  const committed = await readCommitted(brokers, ...names);
  await committed.quiet(3000);
  await committed.close();
  const of = (name: string) => committed.records.filter((record) => record.topic.endsWith(`.${name}`));
  const assignments = of('assignments').map(({ value }) => JSON.parse(String(value)) as AssignmentRecord);
  const models = of('models').map(({ key, value }) => ({ key: key === null ? null : Buffer.from(key), value }));
  const deviations = await compareRetrained(config, input, due, assignments, models);
  // Each first and final result teaches once, however often who learnt from it was killed.
  const taught = assignments.filter(({ final, revision }) => final && revision === 0).length;
  const sent = of('statistics').reduce((sum, { value }) => sum + decodeStatistics(value!).windows, 0);
  const { windows } = await readTrainerState(brokers, config);
  const versions = new Set(assignments.flatMap(({ modelVersion }) => modelVersion ?? [])).size;
  if (versions === 0) throw new Error('no window was assigned by a model: there is nothing to compare');
  const notes = [
    `${versions} model versions`,
    windows === taught && sent === taught
      ? `the trainer was taught by each of ${taught} windows once`
      : `of ${taught} windows ${sent} were sent, and the trainer counts ${windows}`,
  ];
  const amiss = Math.abs(windows - taught) + Math.abs(sent - taught);
  return { deviations: { ...deviations, different: deviations.different + amiss }, notes };
}

const LOOK_MS = 20;
/** Of one training, about. */
const LONGEST_TRAINING_MS = 3000;
/** Records for each of so many ms. */
const FED = 50;
const FED_MS = 250;
/** In which what is left of the stream comes, so that models are in force before it ends. */
const REST_MS = 5000;
