/** Whether the same behaviour at another time in the window is another behaviour (`aligned`) or the same (`invariant`). */
export type Shift = (typeof SHIFTS)[number];

export const SHIFTS = ['aligned', 'invariant'] as const;
