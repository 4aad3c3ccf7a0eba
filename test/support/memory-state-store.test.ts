import { describeStateStoreContract } from '../contract/state-store.js';
import { createMemoryStateStore, createStateMemory } from './memory-state-store.js';

describeStateStoreContract('the state store in memory', async () => {
  const memory = createStateMemory();
  return {
    maxLogEntries: 6,
    owner: async () => createMemoryStateStore(memory, { maxLogEntries: 6 }),
    published: async (topic) => (memory.committed.outputs.get(topic) ?? []).map(({ value }) => String(value)),
    offset: async (topic) => memory.committed.offsets.get(topic),
    close: async () => {},
  };
});
