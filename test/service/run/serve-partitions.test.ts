import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { servePartitions } from '../../../src/service/run/serve-partitions.js';
import type { AssignedPartition } from '../../../src/transport/kafka/assigned-partition.js';
import { createMemoryPartition } from '../../support/memory-partition.js';

const FENCED = new SegtideError('fenced', 'another process has opened the state');

/** A member of a group that has one partition, which it tells anew as often as it is asked to. */
function memberOf(isStillOurs = () => true) {
  const partitions$ = new Subject<AssignedPartition>();
  const topics = createMemoryPartition(2, ['usage']);
  const given: ReturnType<typeof topics.assign>[] = [];
  const give = (): void => {
    const partition = topics.assign();
    given.push(partition);
    partitions$.next(partition);
  };
  const again = (): boolean => {
    if (!isStillOurs()) return false;
    setImmediate(give);
    return true;
  };
  return { reader: { partitions$, again }, give, given, partitions$ };
}

/** Serves with work that is fenced so many times, and then goes on until it is stopped. */
function serve(member: ReturnType<typeof memberOf>, times: number) {
  const stop = new AbortController();
  let begun = 0;
  const told: number[] = [];
  const ended = servePartitions(
    member.reader,
    async (_, stopped) => {
      if (begun++ < times) throw FENCED;
      await new Promise((resolve) => stopped.addEventListener('abort', resolve));
    },
    { signal: stop.signal, fencedGraceMs: 5, onFenced: ({ partition }) => told.push(partition) },
  );
  ended.catch(() => {}); // whoever waits for it hears of it
  return { ended, told, stop: () => stop.abort(), begun: () => begun };
}

describe('partitions that another process has fenced', () => {
  it('are begun anew where the group leaves them here: the other one was late to hear of its loss', async () => {
    const member = memberOf();
    const served = serve(member, 2);
    member.give();
    await expect.poll(served.begun).toBe(3);
    expect(served.told).toEqual([2, 2]);
    served.stop();
    await served.ended;
  });

  it('are let go where the group gives them to the other', async () => {
    const member = memberOf();
    const served = serve(member, 1);
    member.give();
    member.given[0]!.revoke();
    await expect.poll(() => served.told).toEqual([2]);
    served.stop();
    await served.ended;
    expect(served.begun()).toBe(1);
  });

  it('end the process where that does not help, or they are not known here any more', async () => {
    const member = memberOf();
    const served = serve(member, Number.POSITIVE_INFINITY);
    member.give();
    await expect(served.ended).rejects.toMatchObject({
      code: 'fenced',
      message: expect.stringContaining('give it an `output.topicPrefix` of its own'),
    });
    expect(served.begun()).toBe(4);

    const other = memberOf(() => false);
    const lost = serve(other, 1);
    other.give();
    await expect(lost.ended).rejects.toBe(FENCED);
  });
});
