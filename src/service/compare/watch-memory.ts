/** Looks at what this process holds resident while it works. */
export interface MemoryWatch {
  /** By how much it grew at most since the watch began, bytes; ends the watch. */
  end(): number;
}

const EVERY_MS = 50;

export function watchMemory(): MemoryWatch {
  const began = process.memoryUsage.rss();
  let most = began;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, EVERY_MS).unref();
  return {
    end: () => {
      clearInterval(timer);
      look();
      return most - began;
    },
  };
}
