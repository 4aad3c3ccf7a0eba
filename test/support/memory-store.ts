import { SegtideError } from '../../src/errors.js';
import type { OutgoingRecord } from '../../src/transport/kafka/kafka-producer.js';
import type { Commit, StateStore } from '../../src/transport/kafka/state-store.js';

/** The durable side of a partition in memory, shared by its owners; the last that opened it is the only one to commit. */
export interface MemoryState {
  readonly outputs: Map<string, OutgoingRecord[]>;
  readonly commits: Commit[];
  open(beforeCommit?: (commit: Commit) => void | Promise<void>): StateStore;
}

export function createMemoryState(): MemoryState {
  let owner = 0;
  let checkpoint: Uint8Array | undefined;
  let log: Uint8Array[] = [];
  const outputs = new Map<string, OutgoingRecord[]>();
  const commits: Commit[] = [];
  return {
    outputs,
    commits,
    open(beforeCommit) {
      let me = -1;
      return {
        async open() {
          me = ++owner;
          return { checkpoint, log: [...log] };
        },
        async commit(commit) {
          await beforeCommit?.(commit);
          if (me !== owner) throw new SegtideError('fenced', 'another owner has opened the store');
          commits.push(commit);
          for (const [topic, records] of commit.outputs) {
            outputs.set(topic, [...(outputs.get(topic) ?? []), ...records]);
          }
          if (commit.log !== undefined) log.push(commit.log);
          if (commit.checkpoint === undefined) return;
          checkpoint = commit.checkpoint;
          log = [];
        },
        get logged() {
          return { entries: log.length, bytes: log.reduce((sum, entry) => sum + entry.length, 0) };
        },
        close: async () => undefined,
      };
    },
  };
}
