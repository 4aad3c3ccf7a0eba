import type { StepClock } from './step-clock.js';

/** Creates a clock of steps that are all `lengthMs` long and align to `originMs`. */
export function createFixedStepClock(lengthMs: number, originMs: number): StepClock {
  // Counted from the middle of the years that events come from, so that numbers of 1 s steps fit 32 bits.
  const zero = originMs + Math.floor((MIDDLE_MS - originMs) / lengthMs) * lengthMs;
  const indexOf = (epochMs: number): number => Math.floor((epochMs - zero) / lengthMs);
  const startOf = (step: number): number => zero + step * lengthMs;
  return {
    name: `${lengthMs}ms+${originMs - Math.floor(originMs / lengthMs) * lengthMs}`,
    nominalMs: lengthMs,
    indexOf,
    startOf,
    sameFrom: (epochMs) => startOf(indexOf(epochMs)),
    sameUntil: (epochMs) => startOf(indexOf(epochMs) + 1),
    skips: false,
  };
}

const MIDDLE_MS = Date.UTC(2035, 0, 1);
