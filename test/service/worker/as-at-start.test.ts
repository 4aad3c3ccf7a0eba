import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { asAtStart } from '../../../src/service/worker/as-at-start.js';

const uneven = new SegtideError('config', 'forget-requests has 4, usage has 6');
const refuses = (error: unknown) => async () => {
  throw error;
};

describe('an error of topics that changed', () => {
  it('is what a start says of them', async () => {
    const refused = new SegtideError('output', 'state has 4 partitions and the input 6');
    expect(await asAtStart(uneven, refuses(refused))).toBe(refused);
    const moved = new SegtideError('transport', 'usage had 4 partitions and now 6');
    expect(await asAtStart(moved, refuses(refused))).toBe(refused);
  });

  it('stays where a start would take the topics, or could not look at them', async () => {
    expect(await asAtStart(uneven, async () => {})).toBe(uneven);
    expect(await asAtStart(uneven, refuses(new SegtideError('transport', 'no broker')))).toBe(uneven);
  });

  it('is no matter of topics where it may pass, or is another', async () => {
    const look = async () => expect.unreachable();
    for (const error of [
      new SegtideError('transport', 'away', { retriable: true }),
      new SegtideError('state', 'damaged'),
    ]) {
      expect(await asAtStart(error, look)).toBe(error);
    }
  });
});
