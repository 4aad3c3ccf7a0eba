import { describe, expect, it } from 'vitest';
import { selectionChange } from '../../../src/transport/kafka/topic-selection.js';

const before = { topics: ['usage-a', 'usage-b'], partitions: 8 };

describe('topic selection', () => {
  it('has not changed while topics and counts are the same', () => {
    expect(selectionChange(before, { ...before })).toBeUndefined();
  });

  it('can be taken in by a restart when a topic is new or gone', () => {
    const now = { topics: ['usage-a', 'usage-c'], partitions: 8 };
    const change = selectionChange(before, now);
    expect(change).toMatchObject({ code: 'transport', retriable: true });
    expect(change?.message).toMatch(/usage-c is new, usage-b is gone/);
  });

  it('can not when customers are in other partitions than before', () => {
    const change = selectionChange(before, { ...before, partitions: 16 });
    expect(change).toMatchObject({ code: 'transport', retriable: false });
    expect(change?.message).toMatch(/had 8 partitions and now 16/);
  });
});
