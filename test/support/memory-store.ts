import type { OutgoingRecord } from '../../src/transport/kafka/kafka-producer.js';
import type { Commit, StateStore } from '../../src/transport/kafka/state-store.js';
import { createMemoryStateStore, createStateMemory } from './memory-state-store.js';

/** The durable side of a partition in memory, shared by its owners, and everything that was committed to it. */
export interface MemoryState {
  readonly outputs: ReadonlyMap<string, readonly OutgoingRecord[]>;
  readonly commits: readonly Commit[];
  /** One more owner. */
  open(beforeCommit?: (commit: Commit) => void | Promise<void>): StateStore;
}

export function createMemoryState(): MemoryState {
  const memory = createStateMemory();
  const commits: Commit[] = [];
  return {
    outputs: memory.committed.outputs,
    commits,
    open(beforeCommit) {
      const store = createMemoryStateStore(memory);
      return {
        open: () => store.open(),
        async commit(commit) {
          await beforeCommit?.(commit);
          await store.commit(commit);
          commits.push(commit);
        },
        get logged() {
          return store.logged;
        },
        close: () => store.close(),
      };
    },
  };
}
