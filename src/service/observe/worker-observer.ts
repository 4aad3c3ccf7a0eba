import type { Registry } from 'prom-client';
import { openEncoder } from '../../encode/open-encoder.js';
import { createWorkerMeter, type PartitionFigures } from '../../metrics/worker-meter.js';
import type { Clock } from '../../ports.js';
import type { ModelRecord } from '../../train/model-record.js';
import type { Windower } from '../../window/windower.js';
import type { CheckResult, Health } from '../http/health.js';
import type { PartitionWorkerParts } from '../worker/partition-worker.js';
import { createLagWatch, type Lag, type LagWatch, type LagWatchOptions } from './lag-watch.js';
import { createProgressCheck, type ProgressCheck, toCheckResult } from './progress-check.js';
import { watchedPartition } from './watched-partition.js';

/** Watches a worker for metrics and health, from outside: the worker itself knows of neither. */
export interface WorkerObserver {
  /** Brokers were reached, and the topic of models was read to its end. */
  began(parts: Pick<LagWatchOptions, 'ends'> & { readonly models: () => readonly ModelRecord[] }): void;
  /** The group has met, and others have all partitions. */
  idle(): void;
  /** What a partition is worked on with, watched until it is revoked. */
  observe(parts: PartitionWorkerParts): PartitionWorkerParts;
  /** Records that are known to wait for its partitions; undefined until brokers have answered for each. */
  waiting(): number | undefined;
  close(): void;
}

export interface ObserverParts {
  readonly registry: Registry;
  readonly health: Health;
  readonly clock: Clock;
  /** A partition that nobody looks after for so long is not ready. In ms. */
  readonly stuckAfterMs: number;
  readonly debug: (text: string) => void;
}

interface Watched {
  readonly partition: number;
  /** Undefined until brokers have answered. */
  readonly lag: () => Lag | undefined;
  readonly progress: ProgressCheck;
  /** Undefined while its state is read. */
  windower: Windower | undefined;
  /** Whether it goes on from where the last owner ended. */
  isLive: boolean;
}

/** @throws SegtideError `config` where the registry has metrics of a worker already */
export function createWorkerObserver({ registry, health, clock, stuckAfterMs, debug }: ObserverParts): WorkerObserver {
  const now = (): number => performance.now();
  const meter = createWorkerMeter(registry, clock, now);
  const watched = new Set<Watched>();
  let lags: LagWatch | undefined;
  let models: (() => readonly ModelRecord[]) | undefined;
  let hasMet = false;
  let isIdle = false;

  const labels = (some: readonly Watched[]): string => some.map(({ partition }) => partition).join(', ');
  const isAssigned = (): CheckResult => {
    if (watched.size > 0) return { ok: true, detail: `partitions ${labels([...watched])}` };
    if (isIdle) return { ok: true, detail: 'no partition: other workers have them all' };
    if (!hasMet) return { ok: false, detail: 'the consumer group has given no partitions yet' };
    return { ok: false, detail: 'partitions were revoked, and the group has not met again' };
  };
  const isRestored = (): CheckResult => {
    const restoring = [...watched].filter(({ isLive }) => !isLive);
    if (restoring.length === 0) return { ok: true, detail: 'all partitions are restored' };
    return { ok: false, detail: `restoring the state of partitions ${labels(restoring)}` };
  };
  const hasModel = (): CheckResult => {
    if (models === undefined) return { ok: false, detail: 'the topic of models was not read yet' };
    const newest = models().findLast((record) => record.kind === 'model');
    return { ok: true, detail: newest?.kind === 'model' ? newest.modelVersion : 'warming: there is no model yet' };
  };
  const removals = [
    health.add('worker.assigned', isAssigned),
    health.add('worker.restored', isRestored),
    health.add('worker.progressing', () =>
      toCheckResult(
        [...watched].map(({ progress }) => progress.problem()),
        'each partition is looked after',
      ),
    ),
    health.add('worker.model', hasModel),
  ];

  return {
    began(parts) {
      models = parts.models;
      lags = createLagWatch({
        ends: parts.ends,
        clock,
        onFailure: (error) => debug(`the lag can't be told: ${(error as Error).message}`),
      });
    },
    idle() {
      hasMet = true;
      isIdle = true;
    },
    observe(parts) {
      hasMet = true;
      isIdle = false;
      const { partition: assigned, store } = parts;
      const progress = createProgressCheck(assigned, () => assigned.rounds, { clock, stuckAfterMs });
      const lag = (): Lag | undefined => lags?.of(assigned);
      const own: Watched = { partition: assigned.partition, lag, progress, windower: undefined, isLive: false };
      watched.add(own);
      const figures = (): PartitionFigures => ({
        windower: own.windower,
        lag: lag(),
        logEntries: own.isLive ? store.logged.entries : undefined,
        turnedAt: progress.turnedAt,
        answeredAt: progress.answeredAt,
      });
      const measured = meter.partition(String(assigned.partition), figures);
      assigned.signal.addEventListener(
        'abort',
        () => {
          watched.delete(own);
          measured.close();
        },
        { once: true },
      );
      let begun = now();
      return {
        ...parts,
        partition: watchedPartition(assigned, progress.turned),
        store: {
          open: () => store.open(),
          commit: (commit) => meter.commit(() => store.commit(commit)),
          get logged() {
            return store.logged;
          },
          close: () => store.close(),
        },
        outputs: Object.assign(parts.outputs, { sinks: measured.outputs(parts.outputs.sinks) }),
        openEncoder: meter.encoders(parts.openEncoder ?? openEncoder),
        onStart(windower) {
          own.windower = windower;
          parts.onStart?.(windower);
        },
        onLive() {
          own.isLive = true;
          parts.onLive?.();
        },
        onPull(page) {
          begun = now();
          parts.onPull?.(page);
        },
        onPage(page, fates) {
          meter.page(now() - begun);
          measured.came(fates);
          parts.onPage?.(page, fates);
        },
      };
    },
    waiting() {
      const known = Array.from(watched, ({ lag }) => lag()?.records);
      return known.reduce(
        (sum, records) => (sum === undefined || records === undefined ? undefined : sum + records),
        0,
      );
    },
    close() {
      lags?.close();
      for (const remove of removals) remove();
      meter.close();
    },
  };
}
