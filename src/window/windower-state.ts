import { CustomerLabels } from './customer-labels.js';
import { CustomerTable } from './customer-table.js';
import { EventIdSet } from './event-id-set.js';
import { NO_FATES } from './fates.js';
import { FutureGuard } from './future-guard.js';
import { MeterReadings } from './meter-readings.js';
import { Revisions } from './revisions.js';
import { bitWordsFor, StepRings } from './step-rings.js';
import { Watermark } from './watermark.js';
import type { Fates } from './window-batch.js';
import { WindowEmitter } from './window-emitter.js';
import { WindowGeometry } from './window-geometry.js';
import { WindowPage } from './window-page.js';
import { WindowSchedule } from './window-schedule.js';
import type { WindowSettings } from './window-settings.js';
import { SNAPSHOT_FORMAT, type WindowerSnapshot } from './windower-snapshot.js';

/** All that a windower knows: its stores, the page in the making, and a few numbers. */
export class WindowerState {
  readonly settings: WindowSettings;
  readonly geometry: WindowGeometry;
  readonly schedule: WindowSchedule;
  readonly watermark: Watermark;
  readonly guard: FutureGuard;
  readonly customers: CustomerTable;
  readonly rings: StepRings;
  readonly meters: MeterReadings | undefined;
  readonly eventIds: EventIdSet | undefined;
  /** From the first batch with labels on. */
  labels: CustomerLabels | undefined;
  readonly revisions = new Revisions();
  readonly emitter: WindowEmitter;
  fates: { -readonly [fate in keyof Fates]: number } = { ...NO_FATES };
  page: WindowPage;
  /** Wall clock of a live stream. */
  nowMs: number | undefined;
  /** Wall clock when the last events came; Infinity before the first call with a clock. */
  idleSinceMs = Number.POSITIVE_INFINITY;
  /** Earliest step of an event that was in time. */
  firstStep = Number.POSITIVE_INFINITY;
  /** Latest step of an event that was in time. */
  latestStep = Number.NEGATIVE_INFINITY;
  /** No customer's latest step is before it. */
  silentSince = Number.POSITIVE_INFINITY;
  /** Number of the interval that the last provisional results belong to. */
  provisionalTick = Number.NEGATIVE_INFINITY;
  /** Earliest and latest event time of the accepted events. */
  firstTime = Number.POSITIVE_INFINITY;
  lastTime = Number.NEGATIVE_INFINITY;
  peakCustomers = 0;
  evictedByTtl = 0;
  evictedByCap = 0;
  incompleteWindows = 0;

  constructor(settings: WindowSettings, snapshot?: WindowerSnapshot) {
    const { steps, hop, phase, clock, channels } = settings;
    const columns = snapshot?.rings.columns ?? columnsFor(settings);
    const cumulative = channels.flatMap((channel, c) => (channel.cumulative ? [c] : []));
    this.settings = settings;
    this.geometry = new WindowGeometry(steps, hop, phase);
    this.schedule = new WindowSchedule(this.geometry, clock, settings.allowedLatenessMs);
    this.watermark = new Watermark(settings.outOfOrdernessMs);
    this.guard = new FutureGuard(settings.maxAheadMs, settings.maxFutureMs, snapshot?.guard);
    this.customers = new CustomerTable(bitWordsFor(columns, channels.length));
    this.rings = new StepRings(
      this.customers,
      channels.map(({ aggregate }) => aggregate),
      columns,
    );
    this.meters = cumulative.length === 0 ? undefined : new MeterReadings(cumulative);
    this.eventIds = settings.deduplicate ? new EventIdSet() : undefined;
    this.emitter = new WindowEmitter(settings, this.schedule, this.customers, this.rings, this.revisions);
    this.page = this.createPage();
    if (snapshot !== undefined) this.#restore(snapshot);
  }

  createPage(): WindowPage {
    return new WindowPage(this.settings.steps, this.settings.channels.length, this.settings.pageWindows, this.labels);
  }

  /** Keeps what events say of their customers' classes from here on. */
  keepLabels(): void {
    if (this.labels !== undefined) return;
    this.labels = new CustomerLabels();
    for (let k = 0; k < this.customers.live; k++) this.labels.admit(this.customers.order[k]!);
    this.page = this.createPage();
  }

  /** The step that the stream is in. */
  get presentStep(): number {
    const { latest } = this.watermark;
    if (this.nowMs === undefined || latest === Number.NEGATIVE_INFINITY) return this.latestStep;
    return Math.max(this.latestStep, this.settings.clock.indexOf(latest)); // a clock passes through silent steps
  }

  get bytes(): number {
    const { customers, rings, meters, eventIds, labels } = this;
    return customers.bytes + rings.bytes + (meters?.bytes ?? 0) + (eventIds?.bytes ?? 0) + (labels?.bytes ?? 0);
  }

  snapshot(): Omit<WindowerSnapshot, 'held'> {
    const customers = this.customers.snapshot();
    return {
      format: SNAPSHOT_FORMAT,
      settings: this.settings.hash,
      numbers: Float64Array.of(
        this.watermark.latest,
        this.schedule.nextFire,
        this.schedule.nextClose,
        this.schedule.firstEmitted,
        this.nowMs ?? Number.NaN,
        this.idleSinceMs,
        this.firstStep,
        this.latestStep,
        this.silentSince,
        this.provisionalTick,
        this.peakCustomers,
        this.evictedByTtl,
        this.evictedByCap,
        this.incompleteWindows,
        this.emitter.emitted,
        this.emitter.revised,
        this.firstTime,
        this.lastTime,
      ),
      fates: { ...this.fates },
      customers,
      rings: this.rings.snapshot(customers.order),
      meters: this.meters?.snapshot(customers.order),
      eventIds: this.eventIds?.snapshot(),
      ...(this.labels && { labels: this.labels.snapshot(customers.order) }),
      revisions: this.revisions.snapshot(),
      guard: this.guard.snapshot(),
    };
  }

  #restore(from: WindowerSnapshot): void {
    const [latest, nextFire, nextClose, firstEmitted, now, idleSince, first, last, silent, tick, ...counts] =
      from.numbers as unknown as Iterable<number> & number[];
    this.watermark.latest = latest!;
    this.schedule.restore(nextFire!, nextClose!, firstEmitted!);
    this.nowMs = Number.isNaN(now) ? undefined : now!;
    this.idleSinceMs = idleSince!;
    this.firstStep = first!;
    this.latestStep = last!;
    this.silentSince = silent!;
    this.provisionalTick = tick!;
    this.peakCustomers = counts[0]!;
    this.evictedByTtl = counts[1]!;
    this.evictedByCap = counts[2]!;
    this.incompleteWindows = counts[3]!;
    this.emitter.emitted = counts[4]!;
    this.emitter.revised = counts[5]!;
    this.firstTime = counts[6]!;
    this.lastTime = counts[7]!;
    this.fates = { ...from.fates };
    this.customers.restore(from.customers);
    this.rings.restore(from.customers.order, from.rings);
    if (from.meters !== undefined) this.meters?.restore(from.customers.order, from.meters);
    if (from.eventIds !== undefined) this.eventIds?.restore(from.eventIds);
    if (from.labels !== undefined) {
      this.keepLabels();
      this.labels!.restore(from.customers.order, from.labels);
    }
    this.revisions.restore(from.revisions);
  }
}

/** Steps between the begin of the oldest window that takes events and the newest event, whatever its place in a step. */
function columnsFor({ steps, clock, outOfOrdernessMs, allowedLatenessMs }: WindowSettings): number {
  return steps + Math.ceil((outOfOrdernessMs + allowedLatenessMs) / clock.nominalMs);
}
