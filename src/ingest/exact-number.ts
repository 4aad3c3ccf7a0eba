/**
 * A number of any size that is known by its digits, such as an Avro decimal: as an id its text, as a value the nearest
 * double.
 */
export class ExactNumber {
  /** As JSON writes numbers, without an exponent. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return this.text;
  }
}
