/** Wakes those who wait; a signal that is set while nobody waits is lost. */
export interface Signal {
  set(): void;
  next(): Promise<void>;
  /** Whether the signal was set within so many ms. */
  within(ms: number): Promise<boolean>;
}

export function createSignal(): Signal {
  let waiting: ((set: boolean) => void)[] = [];
  return {
    set() {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake(true);
    },
    next: () => new Promise((resolve) => waiting.push(() => resolve())),
    within: (ms) =>
      new Promise((resolve) => {
        const wake = (set: boolean): void => {
          clearTimeout(timer);
          resolve(set);
        };
        const timer = setTimeout(() => {
          waiting = waiting.filter((other) => other !== wake);
          resolve(false);
        }, ms);
        waiting.push(wake);
      }),
  };
}
