/** A flag that sets a config key. Text is read as the key's type; anything else is taken as it is. */
export interface Assignment {
  /** Dotted path: `window.steps`, `input.channels.0.field`. */
  readonly key: string;
  readonly value: unknown;
  /** The flag, for error messages. */
  readonly where: string;
}

/** Splits the argument of `--set key=value`; without a `=` the value is undefined, which the loader reports. */
export function toAssignment(argument: string): Assignment {
  const cut = argument.indexOf('=');
  const key = cut < 0 ? argument : argument.slice(0, cut);
  return { key, value: cut < 0 ? undefined : argument.slice(cut + 1), where: `--set ${key}` };
}
