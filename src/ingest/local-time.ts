/** A time as a wall clock shows it, without the zone that the clock stands in. */
export class LocalTime {
  /** The epoch ms at which UTC clocks show the same. */
  readonly localMs: number;

  constructor(localMs: number) {
    this.localMs = localMs;
  }
}
