import { createRandom, type Random } from '../numeric/random.js';
import { drawGamma } from './gamma.js';
import type { PlantedAnomaly } from './planted-anomaly.js';
import type { PlannedChange, SegmentPlan } from './segment-plan.js';
import { DAY_MS, type SimulationSettings } from './simulation-options.js';
import {
  BURST_CHANCE,
  BURST_MOST_DAYS,
  HOURS_PER_WEEK,
  seasonFactor,
  USAGE_SEGMENTS,
  weekProfile,
} from './usage-segment.js';
import { createWeightedChoice, type WeightedChoice } from './weighted-choice.js';

/** What really happened: usage in the order of time, without any defect of its transport. */
export interface UsageProcess {
  /** The event that `next` went to; `time` in epoch ms, `value` in thousandths. */
  readonly time: number;
  readonly customer: number;
  readonly value: number;
  /** Goes to the next event; false at the end. */
  next(): boolean;
}

/**
 * A Poisson process whose rate is constant within an hour: the sum over all customers gives the gaps between events, and
 * each event then finds its segment and its customer. So events come in order, one at a time, at a cost that does not
 * depend on how many customers are silent.
 */
export function createUsageProcess(settings: SimulationSettings, plan: SegmentPlan): UsageProcess {
  return new PoissonUsage(settings, plan);
}

const HOUR_MS = 3_600_000;
const BURSTY = USAGE_SEGMENTS.indexOf('bursty');

class PoissonUsage implements UsageProcess {
  time = 0;
  customer = 0;
  value = 0;
  readonly #settings: SimulationSettings;
  readonly #plan: SegmentPlan;
  readonly #random: Random;
  readonly #segments: Uint8Array;
  readonly #groups: Group[];
  /** Events per hour of the current hour, summed up over segments, and at last over those who behave oddly. */
  readonly #rates = new Float64Array(USAGE_SEGMENTS.length + 1);
  /** Under way in the current hour. */
  #anomalies: readonly PlantedAnomaly[] = [];
  #oddChoice: WeightedChoice = createWeightedChoice(new Float64Array(0));
  /** 1 for each customer who behaves oddly in the current hour. */
  readonly #odd: Uint8Array;
  readonly #burstUntil: Uint16Array;
  #day = 0;
  #hour = -1;
  #passed = 1; // of the current hour, in hours

  constructor(settings: SimulationSettings, plan: SegmentPlan) {
    this.#settings = settings;
    this.#plan = plan;
    this.#random = createRandom(settings.seed ^ 0x5bd1e995);
    this.#segments = plan.segments.slice();
    this.#groups = USAGE_SEGMENTS.map((segment) => new Group(weekProfile(segment)));
    this.#burstUntil = new Uint16Array(settings.customers);
    this.#odd = new Uint8Array(settings.customers);
    this.#regroup();
  }

  next(): boolean {
    const { days, start, valueMean, valueShape } = this.#settings;
    const random = this.#random;
    for (;;) {
      const rate = this.#rates[this.#rates.length - 1]!;
      if (this.#passed < 1 && rate > 0) this.#passed -= Math.log(1 - random.next()) / rate;
      else this.#passed = 1;
      if (this.#passed < 1 && this.#drawCustomer()) break;
      if (this.#passed < 1) continue;
      if (++this.#hour >= days * 24) return false;
      this.#enterHour();
    }
    this.time = start + this.#hour * HOUR_MS + Math.floor(this.#passed * HOUR_MS);
    this.value = Math.max(1, Math.round((drawGamma(random, valueShape) / valueShape) * valueMean * 1000));
    return true;
  }

  #enterHour(): void {
    const { days, start, rate } = this.#settings;
    const hour = this.#hour;
    if (hour % 24 === 0) this.#enterDay(hour / 24);
    const hourOfWeek = (Math.floor(start / HOUR_MS) + hour + THURSDAY * 24) % HOURS_PER_WEEK;
    let sum = 0;
    this.#groups.forEach((group, segment) => {
      const place = (hourOfWeek + HOURS_PER_WEEK - group.shiftHours) % HOURS_PER_WEEK;
      const season = seasonFactor(USAGE_SEGMENTS[segment]!, hour / 24, days);
      sum += (rate / 24) * group.factor * season * group.profile[place]! * group.choice.total;
      this.#rates[segment] = sum;
    });
    this.#enterOddHour(start + hour * HOUR_MS, hourOfWeek);
    this.#rates[USAGE_SEGMENTS.length] = sum + this.#oddChoice.total;
    this.#passed = 0;
  }

  /** What customers who behave oddly use in the hour, each by itself. */
  #enterOddHour(time: number, hourOfWeek: number): void {
    for (const { customer } of this.#anomalies) this.#odd[customer] = 0;
    this.#anomalies = this.#plan.anomalies.filter(({ from, to }) => from <= time && time < to);
    for (const { customer } of this.#anomalies) this.#odd[customer] = 1;
    const { days, start, rate } = this.#settings;
    const rates = this.#anomalies.map(({ customer, kind, factor, shiftHours }) => {
      const segment = this.#segments[customer]!;
      const group = this.#groups[segment]!;
      const own = (rate / 24) * this.#plan.levels[customer]! * factor * group.factor;
      if (kind === 'spike') return own;
      const place = (hourOfWeek + 2 * HOURS_PER_WEEK - group.shiftHours - shiftHours) % HOURS_PER_WEEK;
      return own * seasonFactor(USAGE_SEGMENTS[segment]!, (time - start) / DAY_MS, days) * group.profile[place]!;
    });
    this.#oddChoice = createWeightedChoice(Float64Array.from(rates));
  }

  #enterDay(day: number): void {
    const changes = this.#plan.changes.filter((change) => change.drift.atDay === day);
    for (const change of changes) this.#apply(change);
    const isJoined = day > 0 && this.#plan.joins.includes(day);
    this.#day = day;
    if (changes.length > 0 || isJoined) this.#regroup();
    if (this.#segments.includes(BURSTY)) this.#drawBursts(day);
  }

  #apply({ drift, touched, to }: PlannedChange): void {
    if (drift.kind === 'level') this.#groups[USAGE_SEGMENTS.indexOf(drift.segment)]!.factor *= drift.factor;
    if (drift.kind === 'shape') this.#groups[USAGE_SEGMENTS.indexOf(drift.segment)]!.shiftHours += drift.shiftHours;
    if (to === undefined) return;
    for (let i = 0; i < touched.length; i++) if (touched[i] === 1) this.#segments[i] = to;
  }

  #regroup(): void {
    this.#groups.forEach((group, segment) => {
      group.setMembers(
        this.#membersWhere((customer) => this.#segments[customer] === segment),
        this.#plan.levels,
      );
    });
  }

  /** The bursty customers of a day are those within a burst. */
  #drawBursts(day: number): void {
    const until = this.#burstUntil;
    for (let customer = 0; customer < until.length; customer++) {
      if (this.#segments[customer] !== BURSTY || until[customer]! > day) continue;
      if (this.#random.next() < BURST_CHANCE) until[customer] = day + 1 + this.#random.below(BURST_MOST_DAYS);
    }
    const bursting = this.#membersWhere((i) => this.#segments[i] === BURSTY && until[i]! > day);
    this.#groups[BURSTY]!.setMembers(bursting, this.#plan.levels);
  }

  #membersWhere(isMember: (customer: number) => boolean): Uint32Array<ArrayBuffer> {
    const members = new Uint32Array(this.#segments.length);
    let count = 0;
    const { joins } = this.#plan;
    for (let customer = 0; customer < members.length; customer++) {
      if (joins[customer]! <= this.#day && isMember(customer)) members[count++] = customer;
    }
    return members.slice(0, count);
  }

  /** Draws whose event it is; false where it is that of a customer who behaves oddly, and does not use anything so. */
  #drawCustomer(): boolean {
    const rates = this.#rates;
    const place = this.#random.next() * rates[rates.length - 1]!;
    let segment = 0;
    while (place >= rates[segment]!) segment++;
    const group = this.#groups[segment];
    if (group === undefined) {
      this.customer = this.#anomalies[this.#oddChoice.draw(this.#random)]!.customer;
      return true;
    }
    this.customer = group.members[group.choice.draw(this.#random)]!;
    return this.#odd[this.customer] === 0;
  }
}

/** The epoch began on a Thursday, three days after Monday. */
const THURSDAY = 3;

/** The customers who behave alike at the time. */
class Group {
  members = new Uint32Array(0);
  choice: WeightedChoice = createWeightedChoice(new Float64Array(0));
  factor = 1;
  shiftHours = 0;
  readonly profile: Float64Array;

  constructor(profile: Float64Array) {
    this.profile = profile;
  }

  setMembers(members: Uint32Array<ArrayBuffer>, levels: Float64Array): void {
    this.members = members;
    this.choice = createWeightedChoice(Float64Array.from(members, (customer) => levels[customer]!));
  }
}
