import { unitHash } from '../numeric/unit-hash.js';

export interface SamplingKeyOptions {
  /** Any integer. */
  readonly seed: number;
  /** Event time, in ms, after which a window is half as likely to be kept as a new one; null where all are alike. */
  readonly halfLifeMs: number | null;
}

/**
 * What a window is sampled by, where all segments are alike: those of the largest keys are kept. It is the logarithm of
 * the key of A-ES (Efraimidis & Spirakis, 2006) for the weight 2^(t / halfLife), with a hash in the place of chance, so
 * that every part of a system draws alike. The logarithm of another weight is added to it.
 */
export function samplingKey(customer: string, start: number, { seed, halfLifeMs }: SamplingKeyOptions): number {
  const rate = halfLifeMs === null ? 0 : Math.LN2 / halfLifeMs;
  return rate * start - Math.log(-Math.log(unitHash(customer, start, seed)));
}
