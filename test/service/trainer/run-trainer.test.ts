import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import { checkStoredTrainer } from '../../../src/service/trainer/check-stored-trainer.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import type { Training } from '../../../src/train/start-training.js';
import { pluginOf } from '../../plugin/plugin-of.js';
import { smallSettings, type trainHere } from '../../support/small-stream.js';
import {
  deployment,
  LIVE,
  type Run,
  TOPICS,
  train,
  until,
  versions,
  weightTaught,
  withModel,
} from './trainer-deployment.js';

describe('a trainer over topics', () => {
  it('commits models, epochs, segments and drift with its state and the offsets of the lessons', async () => {
    const { deployed } = await withModel();
    const { state, lessons, scorer, assembler } = deployed;
    expect(versions(assembler.models)).toHaveLength(1);
    await deployed.teach(1200);
    await train(deployed);
    deployed.follow();
    expect(scorer.modelVersion).toBe(versions(assembler.models)[0]);
    const outputs = (topic: string) => state.outputs.get(topic) ?? [];
    expect(outputs('segments').map(({ key }) => key)).toEqual(['s1', 's2', 's3']);
    expect(outputs('drift').length).toBeGreaterThan(0);
    expect(outputs('models').filter(({ key }) => key === 'centroids').length).toBeGreaterThanOrEqual(3);
    const ends = lessons.assign();
    ends.start(state.commits.at(-1)!.offsets);
    expect(ends.waiting).toEqual([]);
  });

  it('has what statistics of one’s own say among its drift, and goes on without one that fails', async () => {
    const sound = "export default { kind: 'drift-statistic', measure: (_, { windows }) => [{ value: windows }] };";
    const plugins = [
      pluginOf(sound),
      { ...pluginOf(sound.replace('[{ value: windows }]', 'null')), name: 'odd' },
    ] as const;
    const statistics = plugins.map((plugin) => ({ plugin, layer: 'input' as const, threshold: 1e9 }));
    const { deployed } = await withModel();
    await deployed.teach(1200);
    const told: string[] = [];
    await train(deployed, {
      options: { ...LIVE, drift: { statistics } },
      onStatisticFailure: (_, statistic) => told.push(statistic),
    });
    const records = (deployed.state.outputs.get('drift') ?? []).map(({ key, value }) => [String(key), String(value)]);
    const own = records.filter(([key]) => key === 'input/all/own').map(([, value]) => JSON.parse(value!));
    expect(own.length).toBeGreaterThan(0);
    for (const { value, nCurrent, threshold } of own) expect([value, threshold]).toEqual([nCurrent, 1e9]);
    expect(told).toEqual(own.map(() => 'odd'));
    expect(records.filter(([key]) => key!.endsWith('/odd'))).toEqual([]);
    expect(records.filter(([key]) => key === 'assignment/all/psi')).toHaveLength(own.length);
  });

  it('takes a model into force that is ready while no lesson comes, and commits it at once', async () => {
    const deployed = deployment();
    await deployed.teach(520);
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const late = (job: Parameters<typeof trainHere>[0]): Training => ({
      result: arrived.then(() => runTrainingJob(job)),
      stop: async () => undefined,
    });
    setTimeout(arrive, 30);
    const isCommitted = () => deployed.state.outputs.has(TOPICS.models);
    await until(deployed, isCommitted, { train: late, commitEveryMs: 1e9 });
    deployed.follow();
    expect(versions(deployed.assembler.models)).toHaveLength(1);
  });

  it('does once what is asked for by hand, wherever it is killed, and workers go back to the model before', async () => {
    const open = { ...LIVE, gate: { minGain: 0, maxErrorRise: 10 }, retrain: { everyWindows: 600 } };
    const deployed = deployment(open);
    await deployed.teach(1200);
    const published = () =>
      (deployed.state.outputs.get(TOPICS.models) ?? []).filter(({ key }) => String(key).endsWith('/manifest')).length;
    await until(deployed, () => published() === 1, { options: open });
    deployed.follow();
    const former = deployed.scorer.modelVersion;
    await deployed.teach(1200);
    await until(deployed, () => published() === 2, { options: open });
    deployed.follow();
    expect(deployed.scorer.modelVersion).not.toBe(former);

    const versions = { from: deployed.scorer.modelVersion, to: former };
    const value = JSON.stringify({ id: 'r1', kind: 'rollback', ...versions, reason: 'a test' });
    deployed.lessons.append(TOPICS.requests, [
      { key: 'r1', value },
      { key: 'r1', value },
      { key: 'x', value: 'none' },
    ]);
    const refused: string[] = [];
    const run: Run = {
      options: open,
      onRefused: ({ kind, topic, offset }) => refused.push(`${kind} ${topic} ${offset}`),
    };
    await train(deployed, { ...run, beforeCommit: (kill) => kill() }).catch(() => undefined);
    await train(deployed, { ...run, afterCommit: (kill) => kill() }).catch(() => undefined);
    await train(deployed, run);
    deployed.follow();
    expect(deployed.scorer.modelVersion).toBe(former);
    expect(published()).toBe(3);
    expect(refused.at(-1)).toBe('request requests 2');
    const events = (deployed.state.outputs.get('model-events') ?? []).map(({ value: json }) =>
      JSON.parse(String(json)),
    );
    // A training that was under way was ended.
    const told = events.map(({ event }) => event).filter((event) => event !== 'failed');
    expect(told).toEqual(['promoted', 'promoted', 'reinstated']);
  });

  it('commits nothing while nothing comes', async () => {
    const { deployed } = await withModel();
    const { commits } = deployed.state;
    const before = commits.length;
    let looks = 0;
    await train(deployed, { isStopped: () => ++looks > 3 });
    expect(commits.length).toBe(before);
  });

  it('counts each lesson once, wherever it is killed', async () => {
    const { deployed, before, windows } = await withModel();
    const random = createRandom(11);
    const sent = deployed.taught;
    const kills = { beforeCommit: 0, afterCommit: 0, between: 0 };
    for (let killed = 0; killed < 20; killed++) {
      await deployed.teach(40 * (1 + random.below(6)));
      let commits = random.below(4);
      const when = random.below(2) === 0 ? 'beforeCommit' : 'afterCommit';
      const dies = (kill: () => void): void => {
        if (commits-- > 0) return;
        kills[when]++;
        kill();
      };
      const partition = deployed.lessons.assign(1 + random.below(4));
      let looks = 1 + random.below(5);
      await train(
        deployed,
        {
          [when]: dies,
          // Where no commit comes to that: between two.
          isStopped: () => {
            if (--looks > 0) return false;
            kills.between++;
            partition.revoke();
            return false;
          },
        },
        partition,
      );
      expect(partition.signal.aborted).toBe(true);
    }
    await train(deployed);
    const snapshot = deployed.snapshot();
    expect(snapshot.windows - windows).toBe(deployed.taught - sent);
    expect(snapshot.droppedStatistics).toBe(0);
    expect(weightTaught(snapshot, before)).toBeCloseTo(deployed.taught - sent, 6);
    expect(deployed.taught - sent).toBeGreaterThan(1500);
    expect(Math.min(...Object.values(kills))).toBeGreaterThan(1);
  });

  it('begins a training again that it was killed in, and publishes one whole model', async () => {
    const expected = (await withModel()).deployed.assembler.models;
    const deployed = deployment();
    await deployed.teach(520);
    let started = 0;
    const endless = (): Training => {
      started++;
      return { result: new Promise(() => undefined), stop: async () => undefined };
    };
    for (let i = 0; i < 3; i++) await train(deployed, { train: endless });
    expect([started, deployed.snapshot().underWay?.job.number]).toEqual([3, 1]);
    await until(deployed, () => deployed.state.outputs.has(TOPICS.models));
    deployed.follow();
    expect(versions(deployed.assembler.models)).toEqual(versions(expected));
  });

  it.each(['beforeCommit', 'afterCommit'] as const)(
    'leaves no half model when it is killed while it publishes: %s',
    async (when) => {
      const deployed = deployment();
      await deployed.teach(520);
      await train(deployed, { train: () => ({ result: new Promise(() => undefined), stop: async () => undefined }) });
      await until(deployed, () => false, { [when]: (kill: () => void) => kill() });
      deployed.follow();
      expect(versions(deployed.assembler.models)).toHaveLength(when === 'beforeCommit' ? 0 : 1);
      await until(deployed, () => deployed.state.outputs.has(TOPICS.models));
      deployed.follow();
      const manifests = deployed.state.outputs.get(TOPICS.models)!.filter(({ key }) => key.endsWith('/manifest'));
      expect(manifests).toHaveLength(1);
      expect(versions(deployed.assembler.models)).toHaveLength(1);
    },
  );

  it('is fenced by a standby that took over, which goes on from the last commit', async () => {
    const { deployed, before } = await withModel();
    const sent = deployed.taught;
    await deployed.teach(400);
    const store = deployed.state.open();
    let standby: Promise<unknown> | undefined;
    const fenced = train(deployed, {
      commitEveryMs: 0,
      beforeCommit: () => {
        standby ??= store.open();
      },
    });
    await expect(fenced).rejects.toMatchObject({ code: 'fenced' });
    await standby;
    await train(deployed);
    expect(weightTaught(deployed.snapshot(), before)).toBeCloseTo(deployed.taught - sent, 6);
  });

  it('resolves when the partition is revoked, without a commit', async () => {
    const { deployed } = await withModel();
    await deployed.teach(80);
    const before = deployed.state.commits.length;
    const partition = deployed.lessons.assign();
    let looks = 0;
    const isStopped = (): boolean => {
      if (++looks === 2) partition.revoke();
      return false;
    };
    await train(deployed, { isStopped, commitEveryMs: 1e9 }, partition);
    expect(deployed.state.commits.length).toBe(before);
  });

  it('passes over a lesson that can not be used, and says which', async () => {
    const { deployed, before } = await withModel();
    const sent = deployed.taught;
    const { lessons } = deployed;
    lessons.append(TOPICS.statistics, [{ key: '0', value: Buffer.from('no statistics') }]);
    lessons.append(TOPICS.samples, [{ key: '0', value: Buffer.alloc(100) }]);
    await deployed.teach(120);
    const refused: string[] = [];
    await train(deployed, { onRefused: ({ kind, topic }, { code }) => refused.push(`${kind} of ${topic}: ${code}`) });
    expect(refused).toEqual(['lesson of samples: state', 'lesson of statistics: state']);
    expect(weightTaught(deployed.snapshot(), before)).toBeCloseTo(deployed.taught - sent, 6);
  });

  it('begins the provisional model with windows at hand, where what counts them came before them', async () => {
    const options = { ...LIVE, provisionalFit: 100 };
    const deployed = deployment(options);
    const { lessons, state } = deployed;
    const late: Parameters<typeof lessons.append>[] = [];
    const { append } = lessons;
    lessons.append = (...records) => (records[0] === TOPICS.samples ? late.push(records) : append(...records));
    await deployed.teach(160);
    await train(deployed, { options });
    for (const records of late) append(...records);
    await until(deployed, () => state.outputs.has(TOPICS.models), { options });
    deployed.follow();
    expect(versions(deployed.assembler.models)).toEqual([expect.stringMatching(/^v0-/)]);
  });

  it('forgets a customer by a record of the samples', async () => {
    const { deployed } = await withModel();
    const customer = deployed.snapshot().reservoir.customers[0]!;
    deployed.lessons.append(TOPICS.samples, [{ key: customer, value: null }]);
    await train(deployed);
    expect(deployed.snapshot().reservoir.customers).not.toContain(customer);
    expect(deployed.snapshot().reservoir.customers.length).toBeGreaterThan(400);
  });

  it('tells of a state of other settings before it has to go on from it', async () => {
    const { deployed } = await withModel();
    const checkpoint = deployed.state.commits.at(-1)!.checkpoint!;
    const { trainer } = smallSettings(LIVE);
    expect(() => checkStoredTrainer(trainer, checkpoint)).not.toThrow();
    const other = { ...trainer, model: { ...trainer.model, seriesHash: 'other' } };
    expect(() => checkStoredTrainer(other, checkpoint)).toThrow(/other settings of window and series/);
    const seeded = { ...trainer, seed: trainer.seed + 1 };
    expect(() => checkStoredTrainer(seeded, checkpoint)).toThrow(/other settings: .* seed/);
    const measured = { ...trainer, drift: { ...trainer.drift, channels: ['one', 'more'] } };
    expect(() => checkStoredTrainer(measured, checkpoint)).toThrow(/drift monitor.* with 1 channels; got .* with 2/);
    expect(() => checkStoredTrainer(trainer, checkpoint.subarray(0, -8))).toThrow(/can't be read/);
  });
});
