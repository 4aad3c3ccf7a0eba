/** Records of an output by what makes each unique; a key with several records was published as often. */
export type OutputsByKey = ReadonlyMap<string, readonly string[]>;

/** How outputs differ from those of an uninterrupted run. */
export interface Deviations {
  /** Records there should be. */
  readonly expected: number;
  readonly lost: number;
  readonly repeated: number;
  /** Of another content than they should be, or not to be there at all. */
  readonly different: number;
  /** Some of them, to look at. */
  readonly examples: readonly string[];
}

export function compareOutputs(expected: OutputsByKey, found: OutputsByKey): Deviations {
  const counts = { lost: 0, repeated: 0, different: 0 };
  const examples: string[] = [];
  const note = (kind: keyof typeof counts, count: number, key: string, what: string): void => {
    counts[kind] += count;
    if (count > 0 && examples.length < 10) examples.push(`${kind}: ${key} ${what}`);
  };
  let total = 0;
  for (const [key, wanted] of expected) {
    total += wanted.length;
    const got = found.get(key) ?? [];
    note('lost', Math.max(0, wanted.length - got.length), key, String(wanted));
    note('repeated', Math.max(0, got.length - wanted.length), key, String(got));
    const others = got.filter((content) => !wanted.includes(content));
    note('different', others.length, key, `${others[0]} instead of ${wanted[0]}`);
  }
  for (const [key, got] of found) if (!expected.has(key)) note('different', got.length, key, `${got[0]} is unexpected`);
  return { expected: total, ...counts, examples };
}
