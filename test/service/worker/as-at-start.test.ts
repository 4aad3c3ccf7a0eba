import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { asAtStart, type InputLooks } from '../../../src/service/worker/as-at-start.js';

const uneven = new SegtideError('config', 'forget-requests has 4, usage has 6');
const moved = new SegtideError('transport', 'usage had 4 partitions and now 6');
const usage = (partitions: number) => [{ topic: 'usage', partitions, replicationFactor: 1 }];
const refuses = (error: unknown) => async () => {
  throw error;
};

/** The topic grew from four to six partitions, and nothing else is wrong. */
function looks(changes: Partial<InputLooks> = {}): InputLooks {
  return { before: usage(4), isCopied: false, find: async () => usage(6), check: async () => {}, ...changes };
}

describe('an error of topics that changed', () => {
  it('says what changed, and what a start says of it', async () => {
    const refused = new SegtideError('output', 'state has 4 partitions and the input 6', {
      context: { topic: 'state' },
    });
    for (const error of [uneven, moved]) {
      expect(await asAtStart(error, looks({ check: refuses(refused) }))).toMatchObject({
        code: 'output',
        message:
          'the input changed while this worker ran (usage had 4 partitions and has 6 now): state has 4 partitions and the input 6',
        context: { topic: 'state' },
        cause: error,
      });
    }
  });

  it('is what a start says, where the topics can not be read together any more', async () => {
    const refused = new SegtideError('input', 'usage has 4, orders has 6');
    const said = await asAtStart(uneven, looks({ find: refuses(refused) }));
    expect(said).toMatchObject({ code: 'input', message: refused.message });
  });

  it('asks for another start where that is all that a copied input needs', async () => {
    expect(await asAtStart(moved, looks({ isCopied: true }))).toMatchObject({
      code: 'transport',
      retriable: true,
      message:
        'the input changed while this worker ran (usage had 4 partitions and has 6 now): start it again, and it copies all of their partitions',
    });
    expect(await asAtStart(moved, looks({ isCopied: true, find: async () => usage(4) }))).toBe(moved);
  });

  it('stays where a start would take the topics, or could not look at them', async () => {
    expect(await asAtStart(uneven, looks())).toBe(uneven);
    expect(await asAtStart(uneven, looks({ find: refuses(new SegtideError('transport', 'no broker')) }))).toBe(uneven);
  });

  it('is no matter of topics where it may pass, or is another', async () => {
    const find = async () => expect.unreachable();
    for (const error of [
      new SegtideError('transport', 'away', { retriable: true }),
      new SegtideError('state', 'damaged'),
    ]) {
      expect(await asAtStart(error, looks({ find }))).toBe(error);
    }
  });
});
