import fc from 'fast-check';

/**
 * Property tests draw the same values in every run, so that one that fails does so by what was changed; other values are
 * drawn by `SEGTIDE_TEST_SEED`, a whole number.
 */
const SEED = 20_261_122;

const named = process.env.SEGTIDE_TEST_SEED;
const seed = named === undefined ? SEED : Number(named);
if (!Number.isSafeInteger(seed)) throw new Error(`SEGTIDE_TEST_SEED is to be a whole number; got ${named}`);
fc.configureGlobal({ seed });
