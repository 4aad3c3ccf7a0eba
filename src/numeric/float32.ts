/** Largest float32. */
export const MOST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * Largest number whose float32 is finite: the last double below the middle between `MOST_FLOAT32` and 2^128. It lies
 * above `MOST_FLOAT32`, whose shortest decimal, 3.4028235e38, is such a number.
 */
export const MOST_TO_FLOAT32 = 2 ** 128 - 2 ** 103 - 2 ** 75;
