import { SegtideError } from '../../src/errors.js';
import type { OutgoingRecord } from '../../src/transport/kafka/kafka-producer.js';
import {
  type Commit,
  MAX_LOG_ENTRIES,
  type StateStore,
  type StoredState,
} from '../../src/transport/kafka/state-store.js';

/** What is committed: lives as long as the program, and outlives the stores over it. */
export interface CommittedState {
  /** Records by topic, in order. */
  readonly outputs: ReadonlyMap<string, readonly OutgoingRecord[]>;
  /** Next offsets, by topic of the input. */
  readonly offsets: ReadonlyMap<string, bigint>;
}

/** Memory that stores share, one owner after another. */
export interface StateMemory {
  readonly committed: CommittedState;
}

export interface MemoryStateStoreOptions {
  /** Log entries that there may be since the last checkpoint. @default `MAX_LOG_ENTRIES` */
  readonly maxLogEntries?: number;
}

export function createStateMemory(): StateMemory {
  return new Memory();
}

/** A store of state, outputs and offsets in memory; exactly once, as nothing in a process can fail half way. */
export function createMemoryStateStore(
  memory: StateMemory = createStateMemory(),
  options: MemoryStateStoreOptions = {},
): StateStore {
  if (!(memory instanceof Memory)) {
    throw new SegtideError('config', 'The memory of a state store must be made by `createStateMemory`.');
  }
  return new MemoryStateStore(memory, options.maxLogEntries ?? MAX_LOG_ENTRIES);
}

class Memory implements StateMemory {
  readonly committed = { outputs: new Map<string, OutgoingRecord[]>(), offsets: new Map<string, bigint>() };
  owner: StateStore | undefined;
  checkpoint: Uint8Array | undefined;
  log: Uint8Array[] = [];
  entries = 0;
}

class MemoryStateStore implements StateStore {
  readonly #memory: Memory;
  readonly #maxLogEntries: number;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(memory: Memory, maxLogEntries: number) {
    this.#memory = memory;
    this.#maxLogEntries = maxLogEntries;
  }

  get logged(): { readonly entries: number; readonly bytes: number } {
    const { entries, log } = this.#memory;
    return { entries, bytes: log.reduce((sum, { length }) => sum + length, 0) };
  }

  async open(): Promise<StoredState> {
    if (this.#state !== 'new') throw new SegtideError('aborted', 'The state store was opened before.');
    this.#state = 'open';
    const { checkpoint, log } = this.#memory;
    this.#memory.owner = this;
    return { checkpoint: checkpoint?.slice(), log: log.map((entry) => entry.slice()) };
  }

  async commit({ outputs, offsets, log, checkpoint }: Commit): Promise<void> {
    const memory = this.#memory;
    if (this.#state === 'closed') throw new SegtideError('aborted', 'The state store is closed.');
    if (this.#state === 'new') throw new SegtideError('state', 'The state store takes commits only once it is open.');
    if (memory.owner !== this) {
      throw new SegtideError('fenced', 'Another owner has opened the state store; this one commits nothing more.');
    }
    if (checkpoint === undefined && memory.entries >= this.#maxLogEntries) {
      throw new SegtideError(
        'state',
        `The state store has ${memory.entries} log entries since its last checkpoint, the most there may be; commit one.`,
      );
    }
    for (const [topic, records] of outputs) {
      const before = memory.committed.outputs.get(topic);
      if (before === undefined) memory.committed.outputs.set(topic, [...records]);
      else for (const record of records) before.push(record);
    }
    for (const [topic, offset] of offsets) memory.committed.offsets.set(topic, offset);
    if (checkpoint !== undefined) {
      memory.checkpoint = checkpoint.slice();
      memory.log = [];
      memory.entries = 0;
    } else {
      if (log !== undefined) memory.log.push(log.slice());
      memory.entries++;
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed';
  }
}
