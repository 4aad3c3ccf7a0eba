import { describe, it } from 'vitest';
import type { ContractCheck } from '../../src/contract/contract-check.js';

/** Runs a contract suite as tests of their own. */
export function describeContract(name: string, checks: readonly ContractCheck[]): void {
  describe(`${name} keeps its contract`, () => {
    for (const check of checks) it(check.name, check.run);
  });
}
