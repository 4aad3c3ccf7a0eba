import type { Log } from '../log.js';

/** What is to be closed again, whichever of its parts could be opened. */
export interface OpenParts {
  /** Takes a part in, and gives it back. */
  add<T extends Closable>(part: T): T;
  /** Closes them, last opened first. A part that fails is told in the log alone: what ended the work is the one to tell. */
  close(): Promise<void>;
}

export interface Closable {
  close(): void | Promise<void>;
}

export function createOpenParts(log: Pick<Log, 'debug'>): OpenParts {
  const parts: Closable[] = [];
  return {
    add(part) {
      parts.push(part);
      return part;
    },
    async close() {
      for (const part of parts.splice(0).reverse()) {
        try {
          await part.close();
        } catch (error) {
          log.debug(`closing: ${String(error)}`);
        }
      }
    },
  };
}
