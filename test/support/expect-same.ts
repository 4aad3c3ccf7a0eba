import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** As `expect(actual).toEqual(expected)`, and hundreds of times faster on typed arrays where they are the same. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}
