/** The pattern that `input.kafka.topics` is, undefined where it lists names. */
export function patternOf([first]: readonly string[]): RegExp | undefined {
  return first?.startsWith('/') ? new RegExp(first.slice(1, -1)) : undefined;
}
