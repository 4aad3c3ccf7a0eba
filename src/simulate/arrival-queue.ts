/** Events that have happened and not yet arrived, the next to arrive first: a binary heap over columns. */
export class ArrivalQueue {
  /** The event that `pop` took. */
  time = 0;
  customer = 0;
  value = 0;
  eventNumber = 0;
  isDuplicate = false;
  #length = 0;
  #cells = new Float64Array(64 * FIELDS); // arrival, then the fields above

  /** Arrival of the next event, epoch ms; Infinity when there is none. */
  get nextArrival(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#cells[0]!;
  }

  push(
    arrival: number,
    time: number,
    customer: number,
    value: number,
    eventNumber: number,
    isDuplicate: boolean,
  ): void {
    if ((this.#length + 1) * FIELDS > this.#cells.length) this.#grow();
    const cells = this.#cells;
    let at = this.#length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (cells[parent * FIELDS]! <= arrival) break;
      cells.copyWithin(at * FIELDS, parent * FIELDS, (parent + 1) * FIELDS);
      at = parent;
    }
    const first = at * FIELDS;
    cells[first] = arrival;
    cells[first + 1] = time;
    cells[first + 2] = customer;
    cells[first + 3] = value;
    cells[first + 4] = eventNumber;
    cells[first + 5] = isDuplicate ? 1 : 0;
  }

  /** Takes the next event; call only when `nextArrival` is finite. */
  pop(): void {
    const cells = this.#cells;
    this.time = cells[1]!;
    this.customer = cells[2]!;
    this.value = cells[3]!;
    this.eventNumber = cells[4]!;
    this.isDuplicate = cells[5] === 1;
    const last = --this.#length;
    const arrival = cells[last * FIELDS]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && cells[(child + 1) * FIELDS]! < cells[child * FIELDS]!) child++;
      if (cells[child * FIELDS]! >= arrival) break;
      cells.copyWithin(at * FIELDS, child * FIELDS, (child + 1) * FIELDS);
      at = child;
    }
    cells.copyWithin(at * FIELDS, last * FIELDS, (last + 1) * FIELDS);
  }

  #grow(): void {
    const cells = new Float64Array(this.#cells.length * 2);
    cells.set(this.#cells);
    this.#cells = cells;
  }
}

const FIELDS = 6;
