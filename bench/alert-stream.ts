/**
 * Alerts on a stream of weeks: how many a stationary stream raises, how soon planted anomalies raise theirs and whether the
 * named steps are the planted ones, and what watching costs.
 *
 *   npx tsx bench/alert-stream.ts [--customers 1000] [--weeks 30] [--seeds 1,2] [--provisional 4] [--open] [--show]
 *
 * A window is a week in steps of six hours, as in `config/simulated.yaml`. The first six weeks fit the model, which stays
 * in force; those after them are watched, each as it closes, and of planted anomalies also every `--provisional` steps
 * while it is open; with `--open` of the stationary stream, too. `--show` prints what is
 * raised of customers without an anomaly. A delay is counted in steps from the anomaly's first one to
 * the step at whose end the alert was raised. Steps are named right where more than half of the first run's are planted.
 */
import { parseArgs } from 'node:util';
import type { Alert } from '../src/anomaly/alert.js';
import { resolveAlertOptions } from '../src/anomaly/alert-settings.js';
import { planSegments } from '../src/simulate/segment-plan.js';
import { resolveSimulation, type SimulationOptions } from '../src/simulate/simulation-options.js';
import { createUsageProcess } from '../src/simulate/usage-process.js';
import { createListSink } from '../src/transport/memory/list-sink.js';
import { MASK_ABSENT, MASK_OBSERVED, MASK_ZERO, type WindowBatch } from '../src/window/window-batch.js';
import { createAlerting } from '../src/worker/alerting.js';
import { fitWindows } from './measure/fit-windows.js';

const STEP_MS = 6 * 3_600_000;
const STEPS = 28;
const FITTED_WEEKS = 6;
/** Without those that grow or decline: to them every week is new. */
const STATIONARY = { flat: 1, weekday: 1, weekend: 1, evening: 1, nightly: 1, bursty: 1, inactive: 1 };

const { values: flags } = parseArgs({
  options: {
    customers: { type: 'string', default: '1000' },
    weeks: { type: 'string', default: '30' },
    seeds: { type: 'string', default: '1' },
    provisional: { type: 'string', default: '4' },
    anomalies: { type: 'string', default: '0.3' },
    open: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    threshold: { type: 'string', default: '4' },
  },
});
const customers = Number(flags.customers);
const weeks = Number(flags.weeks);

for (const seed of flags.seeds.split(',').map(Number)) {
  const settings = { customers, seed, segments: STATIONARY, days: 7 * (FITTED_WEEKS + weeks) };
  const quiet = await watch(settings, flags.open ? Number(flags.provisional) : undefined);
  console.log(
    `stationary, seed ${seed}: ${customers * weeks} windows, alerts ${JSON.stringify(counted(quiet.alerts))}, ` +
      `${Math.round(quiet.costMs / ((customers * weeks) / 20_000))} ms of CPU for 20,000 windows`,
  );
  if (Number(flags.anomalies) === 0) continue;
  const odd = await watch({ ...settings, days: 84, anomalyShare: Number(flags.anomalies) }, Number(flags.provisional));
  const others = odd.alerts.filter((alert) => odd.anomalies.every(({ customerId }) => customerId !== alert.customerId));
  console.log(`others, seed ${seed}: alerts ${JSON.stringify(counted(others))}`);
  for (const kind of ['spike', 'dropout', 'level', 'rhythm']) {
    const planted = odd.anomalies.filter((anomaly) => anomaly.kind === kind);
    let named = 0;
    let anomalies = 0;
    const delays = planted.flatMap(({ customerId, from, to }) => {
      const found = odd.alerts.find(
        (alert) =>
          alert.customerId === customerId &&
          alert.knownUntil > from &&
          alert.windowStart < to &&
          (alert.kind === 'anomaly' || alert.kind === 'silence'),
      );
      const [run] = found?.explanation.steps ?? [];
      if (run !== undefined) {
        anomalies++;
        // Six hours that begin within a step are part of two.
        const shared = Math.min(run.to, wholeStep(to, Math.ceil)) - Math.max(run.from, wholeStep(from, Math.floor));
        if (shared > (run.to - run.from) / 2) named++;
      }
      return found === undefined ? [] : [Math.ceil((found.knownUntil - from) / STEP_MS)];
    });
    delays.sort((a, b) => a - b);
    console.log(
      `${kind}, seed ${seed}: ${delays.length} of ${planted.length} raised, delay median ${delays[delays.length >> 1]} steps, 90 % ${delays[Math.floor(delays.length * 0.9)]}, named right ${named} of ${anomalies}`,
    );
  }
}

async function watch(options: SimulationOptions, every: number | undefined) {
  const settings = resolveSimulation(options);
  const plan = planSegments(settings);
  const all = Math.floor(settings.days / 7);
  const values = new Float32Array(customers * all * STEPS);
  const usage = createUsageProcess(settings, plan);
  while (usage.next()) {
    const step = Math.floor((usage.time - settings.start) / STEP_MS);
    values[usage.customer * all * STEPS + step]! += usage.value / 1000;
  }
  const weekOf = (week: number, known = STEPS): WindowBatch => {
    const length = customers;
    const own = new Float32Array(length * STEPS);
    const mask = new Uint8Array(length * STEPS);
    const observedSteps = new Uint16Array(length);
    for (let i = 0; i < length; i++) {
      for (let step = 0; step < STEPS; step++) {
        const value = step < known ? values[(i * all + week) * STEPS + step]! : 0;
        own[i * STEPS + step] = value;
        mask[i * STEPS + step] = step >= known ? MASK_ABSENT : value > 0 ? MASK_OBSERVED : MASK_ZERO;
        if (value > 0) observedSteps[i]! += 1;
      }
    }
    const start = settings.start + week * STEPS * STEP_MS;
    return {
      ...{ length, steps: STEPS, channels: 1, values: own, mask, observedSteps, late: [], quarantined: [] },
      customers: Uint32Array.from({ length }, (_, i) => i),
      ids: { text: (slot) => `c${String(slot).padStart(6, '0')}` },
      starts: new Float64Array(length).fill(start),
      ends: new Float64Array(length).fill(start + STEPS * STEP_MS),
      revisions: new Uint16Array(length),
      finals: new Uint8Array(length).fill(known === STEPS ? 1 : 0),
      evicted: new Uint8Array(length),
      released: new Uint32Array(0),
      watermark: start + known * STEP_MS,
    };
  };
  const model = await fitWindows(
    joined(Array.from({ length: FITTED_WEEKS }, (_, week) => weekOf(week))),
    settings.seed,
  );
  const sink = createListSink<Alert>();
  const context = {
    settings: resolveAlertOptions({ threshold: Number(flags.threshold) }, STEPS * STEP_MS),
    series: model.series,
    channels: ['usage'],
  };
  const alerting = createAlerting(context, sink);
  const previous = new Map<number, number>();
  let costMs = 0;
  for (let week = 0; week < all; week++) {
    const knowns = [...Array(STEPS).keys()].filter(
      (step) => every !== undefined && week >= FITTED_WEEKS && step > 0 && step % every === 0,
    );
    for (const known of [...knowns, STEPS]) {
      const assignments = await model.assign(weekOf(week, known));
      const { series } = assignments.embeddings;
      const moved = new Map<number, 'behaviour'>();
      if (known === STEPS) {
        assignments.nearest.forEach((segment, row) => {
          if (previous.has(row) && previous.get(row) !== segment) moved.set(row, 'behaviour');
          previous.set(row, segment);
        });
      }
      const began = process.cpuUsage();
      await alerting.publish(
        { series, assignments, anomaly: week < FITTED_WEEKS ? undefined : model.anomaly },
        moved,
        'windowEnd',
        {},
      );
      if (week >= FITTED_WEEKS) costMs += process.cpuUsage(began).user / 1000;
    }
  }
  const watchedFrom = settings.start + FITTED_WEEKS * STEPS * STEP_MS;
  return {
    costMs,
    anomalies: plan.anomalies,
    alerts: sink.records.filter(({ windowStart }) => windowStart >= watchedFrom),
  };
}

function wholeStep(time: number, round: (steps: number) => number): number {
  return round(time / STEP_MS) * STEP_MS;
}

/** Of alerts that were raised, not of what became of them. */
function counted(alerts: readonly Alert[]): Record<string, number> {
  if (flags.show) for (const alert of alerts) console.log(JSON.stringify(alert));
  const counts: Record<string, number> = {};
  const raised = new Map(alerts.toReversed().map((alert) => [alert.alertId, alert]));
  for (const { kind, cause } of raised.values()) counts[`${kind} ${cause}`] = (counts[`${kind} ${cause}`] ?? 0) + 1;
  return counts;
}

function joined(batches: readonly WindowBatch[]): WindowBatch {
  const float = (pick: (batch: WindowBatch) => Float32Array) =>
    Float32Array.from(batches.flatMap((b) => Array.from(pick(b))));
  const [first] = batches;
  const length = batches.length * first!.length;
  return {
    ...first!,
    length,
    values: float((batch) => batch.values),
    mask: Uint8Array.from(batches.flatMap((batch) => Array.from(batch.mask))),
    customers: Uint32Array.from({ length }, (_, i) => i % first!.length),
    starts: Float64Array.from({ length }, (_, i) => batches[Math.floor(i / first!.length)]!.starts[0]!),
    ends: Float64Array.from({ length }, (_, i) => batches[Math.floor(i / first!.length)]!.ends[0]!),
    observedSteps: Uint16Array.from(batches.flatMap((batch) => Array.from(batch.observedSteps))),
    revisions: new Uint16Array(length),
    finals: new Uint8Array(length).fill(1),
    evicted: new Uint8Array(length),
  };
}
