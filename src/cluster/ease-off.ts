/** A word once said of a segment holds until its ground is by this factor away from where it began to hold. */
const EASE = 1.25;

/** The border that a figure must reach; where the segment was said to be beyond it before, one that is nearer. */
export function easeOff(border: number, held: boolean): number {
  return held ? border / EASE : border;
}

/** The border that a figure must stay under; where it was said to do so before, one that is further off. */
export function easeUp(border: number, held: boolean): number {
  return held ? border * EASE : border;
}
