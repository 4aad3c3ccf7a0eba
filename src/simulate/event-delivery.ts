import { createRandom, type Random } from '../numeric/random.js';
import { ArrivalQueue } from './arrival-queue.js';
import { CORRUPTIONS, type RecordWriter } from './simulated-record.js';
import { DAY_MS, type SimulationSettings } from './simulation-options.js';

/** How events become records: in order or not, late, twice, spoilt or misdated. Counts what it does. */
export class EventDelivery {
  inTime = 0;
  late = 0;
  duplicates = 0;
  future = 0;
  outOfOrder = 0;
  mostOutOfOrderMs = 0;
  /** Thousandths. */
  sumInTime = 0;
  sumLate = 0;
  firstEventTime = Number.POSITIVE_INFINITY;
  /** The latest event time written, planted future aside. */
  lastEventTime = Number.NEGATIVE_INFINITY;
  readonly corruptions = new Float64Array(CORRUPTIONS.length);
  readonly seen: Uint8Array; // (customers)
  readonly #settings: SimulationSettings;
  readonly #writer: RecordWriter;
  readonly #random: Random;
  readonly #delayed = new ArrivalQueue();
  readonly #late = new ArrivalQueue();
  readonly #end: number;
  readonly #bounds: FateBounds;
  #eventNumber = 0;

  constructor(settings: SimulationSettings, writer: RecordWriter) {
    this.#settings = settings;
    this.#writer = writer;
    this.#random = createRandom(settings.seed ^ 0x2545f491);
    this.#end = settings.start + settings.days * DAY_MS;
    this.#bounds = toBounds(settings);
    this.seen = new Uint8Array(settings.customers);
  }

  /** Delivers the next event in the order of event time, after all that arrive before it. */
  deliver(time: number, customer: number, value: number): void {
    const { outOfOrderMs, lateMs, futureMs } = this.#settings;
    const bounds = this.#bounds;
    this.#deliverUntil(time);
    const number = ++this.#eventNumber;
    const fate = this.#random.next();
    if (fate < bounds.delayed) {
      this.#delayed.push(time + this.#delay(outOfOrderMs), time, customer, value, number, false);
    } else if (fate < bounds.late) {
      // An event that could not become late before the end is in time.
      if (time + lateMs > this.#end) this.#writeInTime(time, customer, value, number);
      else this.#late.push(time + lateMs, time, customer, value, number, false);
    } else if (fate < bounds.twice) {
      this.#writeInTime(time, customer, value, number);
      this.#delayed.push(time + this.#delay(outOfOrderMs), time, customer, value, number, true);
    } else if (fate < bounds.corrupt) {
      const corruption = this.#random.below(CORRUPTIONS.length);
      this.#writer.writeCorrupt(CORRUPTIONS[corruption]!, customer, number, time, value);
      this.corruptions[corruption]!++;
    } else if (fate < bounds.future) {
      this.#writer.write(customer, number, time + futureMs, value);
      this.future++;
    } else {
      this.#writeInTime(time, customer, value, number);
    }
  }

  /** Delivers what is still under way. A late event that nothing has passed never happened. */
  finish(): void {
    this.#deliverUntil(Number.MAX_VALUE);
  }

  #delay(most: number): number {
    return 1 + this.#random.below(most);
  }

  #deliverUntil(time: number): void {
    const delayed = this.#delayed;
    while (delayed.nextArrival <= time) {
      delayed.pop();
      if (delayed.isDuplicate) this.#writeDuplicate();
      else this.#writeInTime(delayed.time, delayed.customer, delayed.value, delayed.eventNumber);
    }
  }

  #writeInTime(time: number, customer: number, value: number, number: number): void {
    this.#writer.write(customer, number, time, value);
    this.inTime++;
    this.sumInTime += value;
    this.seen[customer] = 1;
    if (time < this.lastEventTime) {
      this.outOfOrder++;
      this.#noteBehind(time);
    }
    if (time < this.firstEventTime) this.firstEventTime = time;
    if (time > this.lastEventTime) {
      this.lastEventTime = time;
      this.#deliverLate();
    }
  }

  #writeDuplicate(): void {
    const { customer, eventNumber, time, value } = this.#delayed;
    this.#writer.write(customer, eventNumber, time, value);
    this.duplicates++;
    this.#noteBehind(time);
  }

  #noteBehind(time: number): void {
    this.mostOutOfOrderMs = Math.max(this.mostOutOfOrderMs, this.lastEventTime - time);
  }

  #deliverLate(): void {
    const late = this.#late;
    while (late.nextArrival <= this.lastEventTime) {
      late.pop();
      this.#writer.write(late.customer, late.eventNumber, late.time, late.value);
      this.late++;
      this.sumLate += late.value;
      this.seen[late.customer] = 1;
    }
  }
}

/** An event's fate is the first whose bound is above a number drawn from [0, 1); else it arrives as it happened. */
interface FateBounds {
  readonly delayed: number;
  readonly late: number;
  readonly twice: number;
  readonly corrupt: number;
  readonly future: number;
}

function toBounds(settings: SimulationSettings): FateBounds {
  const delayed = settings.outOfOrderShare;
  const late = delayed + settings.lateShare;
  const twice = late + settings.duplicateShare;
  const corrupt = twice + settings.corruptShare;
  return { delayed, late, twice, corrupt, future: corrupt + settings.futureShare };
}
