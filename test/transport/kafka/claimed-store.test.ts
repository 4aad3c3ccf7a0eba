import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { createClaimedStore } from '../../../src/transport/kafka/claimed-store.js';
import type { StateStore, StoredState } from '../../../src/transport/kafka/state-store.js';
import { pattern } from '../../contract/pattern.js';
import { createStateLog, type StateLog, type WriteFate } from './state-log.js';

const PLACES = 2;
let ids = 0;

interface Mode {
  readonly transactional: boolean;
  /** Whether the topic lets records be deleted. */
  readonly trimmed: boolean;
}

function openStore(
  log: StateLog,
  { transactional, trimmed }: Mode = { transactional: true, trimmed: true },
  fate: () => Promise<WriteFate> = async () => 'done',
  commitOffsets: () => Promise<void> = async () => {},
): StateStore {
  const options = {
    reader: log.reader,
    stateTopic: 'state',
    statePartition: 0,
    maxLogEntries: PLACES,
    clock: { now: () => 0 },
    newId: () => `owner-${ids++}`,
  };
  return createClaimedStore(options, {
    openWriter: () => log.openWriter(transactional, fate),
    commitOffsets,
    dense: !transactional,
    trim: (before) => {
      if (trimmed) log.trim(before);
    },
    waits: { patience: 0, quiet: 0 },
    retryMs: 0,
  });
}

/** The ids of all commits that the state includes, in order: each logs its own, and a checkpoint has all up to it. */
function toIds({ checkpoint, log }: StoredState): string[] {
  const before: string[] = checkpoint === undefined ? [] : JSON.parse(Buffer.from(checkpoint).toString());
  return [...before, ...log.map((entry) => Buffer.from(entry).toString())];
}

/** An owner, live or fenced, and the commits that its state includes. */
interface Owner {
  readonly store: StateStore;
  readonly includes: string[];
}

type Action =
  | { readonly kind: 'open' }
  | { readonly kind: 'commit'; readonly owner: number; readonly checkpoint: boolean }
  | { readonly kind: 'compact'; readonly count: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      // Mostly the newest owner, at times one that was before it.
      owner: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 3 })),
      checkpoint: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), count: fc.nat({ max: 60 }) }),
  },
);

/** What becomes of one write, and whether another owner opens the store just before. */
const fate = fc.record({
  becomes: fc.oneof(
    { weight: 6, arbitrary: fc.constant<WriteFate>('done') },
    fc.constantFrom<WriteFate[]>('reply lost', 'lost', 'torn', 'torn at the end'),
  ),
  overtaken: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  /** Whether offsets are not committed after it, where they are committed by themselves. */
  offsetsLost: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never;

/** Runs the actions; answers what was acknowledged, and what the next owner finds. */
async function play(mode: Mode, actions: readonly Action[], fates: Iterator<Fate>) {
  const log = createStateLog();
  const owners: Owner[] = [];
  const acknowledged: string[] = [];
  let commits = 0;
  let overtaking = false;

  let offsetsLost = false;
  const commitOffsets = async (): Promise<void> => {
    if (offsetsLost) throw new SegtideError('transport', 'The coordinator is away.', { retriable: true });
  };
  const open = async (store: StateStore): Promise<void> => {
    owners.unshift({ store, includes: toIds(await store.open()) });
  };
  const nextFate = async (): Promise<WriteFate> => {
    if (overtaking) return 'done';
    const next: Fate = fates.next().value!;
    if (next.overtaken) {
      overtaking = true;
      await open(openStore(log, mode, nextFate, commitOffsets));
      overtaking = false;
    }
    offsetsLost = !mode.transactional && next.offsetsLost;
    return next.becomes;
  };
  const fenced = (error: unknown): void => {
    if (!(error instanceof SegtideError && error.code === 'fenced')) throw error;
  };
  for (const each of actions) {
    if (each.kind === 'compact') log.compact(each.count);
    else if (each.kind === 'open') await open(openStore(log, mode, nextFate, commitOffsets)).catch(fenced);
    else {
      const owner = owners[each.owner];
      if (owner === undefined) continue;
      const id = `${commits++}`;
      const whole = each.checkpoint || owner.store.logged.entries >= PLACES;
      const commit = {
        outputs: new Map([['out', [{ key: id, value: id }]]]),
        offsets: new Map<string, bigint>(),
        log: whole ? undefined : new Uint8Array(Buffer.from(id)),
        checkpoint: whole ? new Uint8Array(Buffer.from(JSON.stringify([...owner.includes, id]))) : undefined,
      };
      try {
        await owner.store.commit(commit);
        owner.includes.push(id);
        acknowledged.push(id);
      } catch (error) {
        fenced(error);
      }
    }
  }
  const last = openStore(log, mode);
  const restored = toIds(await last.open());
  return { acknowledged, restored, published: log.published };
}

const run = fc.tuple(fc.array(action, { maxLength: 30 }), fc.infiniteStream(fate), fc.boolean());

describe('claimed store', () => {
  it('with transactions has in its state exactly what was published, each commit once, whatever fails when', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ([actions, fates, trimmed]) => {
        const mode = { transactional: true, trimmed };
        const { acknowledged, restored, published } = await play(mode, [{ kind: 'open' }, ...actions], fates);
        expect(restored).toEqual(published);
        expect(new Set(restored).size).toBe(restored.length);
        expect(restored).toEqual(expect.arrayContaining(acknowledged));
      }),
      { numRuns: 400 },
    );
  });

  it('without transactions loses nothing that it acknowledged, and its state has each commit once', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ([actions, fates, trimmed]) => {
        const mode = { transactional: false, trimmed };
        const { acknowledged, restored, published } = await play(mode, [{ kind: 'open' }, ...actions], fates);
        expect(new Set(restored).size).toBe(restored.length);
        expect(restored.filter((id) => acknowledged.includes(id))).toEqual(acknowledged);
        expect(published).toEqual(expect.arrayContaining(restored));
      }),
      { numRuns: 400 },
    );
  });

  it('without transactions does not publish again what took effect when only offsets were not committed', async () => {
    const log = createStateLog();
    let attempts = 0;
    const store = openStore(
      log,
      { transactional: false, trimmed: false },
      async () => 'done',
      async () => {
        if (++attempts < 4) throw new SegtideError('transport', 'The coordinator is away.', { retriable: true });
      },
    );
    await store.open();
    const outputs = new Map([['out', [{ key: 'a', value: 'a' }]]]);
    await store.commit({ outputs, offsets: new Map(), checkpoint: pattern(10) });
    expect(attempts).toBe(4);
    expect(log.published).toEqual(['a']);
  });

  it('does not write a checkpoint again that is there without the rest of its commit', async () => {
    // Once somebody else has the partition, compaction would prefer the void copy.
    const log = createStateLog();
    const mode = { transactional: false, trimmed: false };
    const none = { outputs: new Map(), offsets: new Map() };
    const next = openStore(log, mode);
    let writes = 0;
    const store = openStore(log, mode, async () => {
      writes++;
      if (writes === 5) await next.open();
      return writes === 3 ? 'torn at the end' : 'done';
    });
    await store.open();
    await store.commit({ ...none, checkpoint: pattern(10) });
    await store.commit({ ...none, checkpoint: pattern(20) });
    expect(writes).toBe(4); // a claim, a commit, the torn one and the claim that settles it
    for (let count = 0; count < 20; count++) {
      log.compact(count);
      const { checkpoint } = await openStore(log, mode).open();
      expect(checkpoint).toHaveLength(20);
    }
  });

  it.each([
    { of: 'a page', key: /page\/a\/1/, says: /lacks page 2 of the 3 of its checkpoint/ },
    { of: 'a log entry', key: /log\/2$/, says: /lacks the log entry of commit 2 of 3/ },
    { of: 'the manifest', key: /manifest/, says: /lacks the manifest of the checkpoint of commit 1/ },
  ])('refuses to restore without $of, and says what may not be deleted', async ({ key, says }) => {
    const log = createStateLog();
    const store = openStore(log);
    await store.open();
    const none = { outputs: new Map(), offsets: new Map() };
    await store.commit({ ...none, checkpoint: pattern(1_600_000) });
    await store.commit({ ...none, log: pattern(10) });
    await store.commit({ ...none });
    log.lose(key);
    const error = await openStore(log)
      .open()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'state', message: expect.stringMatching(says) });
    expect((error as Error).message).toContain('cleanup.policy');
  });

  it.each([1, 2, 3])(
    'restores all after a void checkpoint of a former owner and compaction, %i before it',
    async (n) => {
      const log = createStateLog();
      const mode = { transactional: false, trimmed: false };
      const none = { outputs: new Map(), offsets: new Map() };
      const first = openStore(log, mode);
      await first.open();
      await first.commit({ ...none, log: pattern(1) });
      await first.commit({ ...none, checkpoint: pattern(1_000_000) });
      const second = openStore(log, mode);
      await second.open();
      if (n > 1) await second.commit({ ...none, checkpoint: pattern(2_000_000) });
      if (n > 2) await second.commit({ ...none, checkpoint: pattern(900_000) });
      for (let i = 0; i < PLACES; i++) await second.commit({ ...none, log: pattern(10 + i) });
      const third = openStore(log, mode);
      await third.open();
      await expect(second.commit({ ...none, checkpoint: pattern(50) })).rejects.toMatchObject({ code: 'fenced' });
      log.compact(1000);
      const restored = await openStore(log, mode).open();
      expect(restored.checkpoint).toHaveLength([1_000_000, 2_000_000, 900_000][n - 1]!);
      expect(restored.log.map(({ length }) => length)).toEqual(Array.from({ length: PLACES }, (_, i) => 10 + i));
    },
  );

  it('does not take records for removed that a checkpoint has replaced', async () => {
    const log = createStateLog();
    const none = { outputs: new Map(), offsets: new Map() };
    for (let owner = 0; owner < 3; owner++) {
      const store = openStore(log);
      await store.open();
      await store.commit({ ...none, log: pattern(10) });
      await store.commit({ ...none, checkpoint: pattern(2_000_000 - owner * 900_000) });
    }
    log.compact(100);
    const { checkpoint } = await openStore(log).open();
    expect(Buffer.compare(checkpoint!, pattern(200_000))).toBe(0);
  });
});
