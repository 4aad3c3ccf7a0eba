import { MASK_ZERO } from './window-batch.js';

/** Whether a cell of this mask value says something: it was observed, or is a known zero. */
export function isInformative(mask: number): boolean {
  return mask <= MASK_ZERO;
}
