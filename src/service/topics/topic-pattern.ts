/** The pattern that `input.kafka.topics` is, undefined where it lists names. */
export function patternOf([first]: readonly string[]): RegExp | undefined {
  return first?.startsWith('/') ? new RegExp(first.slice(1, -1)) : undefined;
}

/** What every topic begins with that a pattern matches; empty where it says nothing of the beginning. */
export function literalPrefixOf({ source }: RegExp): string {
  // One of several ways, or a letter that may be left out, is no certain beginning.
  const certain = /^\^((?:[a-zA-Z0-9_-]|\\[.-])*)(.?)/.exec(source.includes('|') ? '' : source);
  if (certain === null) return '';
  const literal = certain[1]!.replaceAll('\\', '');
  return /[*?{]/.test(certain[2]!) ? literal.slice(0, -1) : literal;
}
