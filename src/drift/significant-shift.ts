/** Shift within segments, in spreads, from which behaviour has changed; beside it, chance must not explain it. */
export const LEAST_SHIFT = 0.4;

/** Deviations by chance beyond which a shift is none: waves come by the thousand, and their windows are not independent. */
export const SIGNIFICANT = 6;
