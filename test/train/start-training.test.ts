import { spawn, spawnSync } from 'node:child_process';
import { constants, getPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { startTraining, type Training } from '../../src/train/start-training.js';
import type { TrainingProgress } from '../../src/train/training-progress.js';
import { SMALL, smallJob } from '../support/small-models.js';

const LONG = smallJob({
  settings: { ...SMALL.trainer.model, encoder: { ...SMALL.trainer.model.encoder, updates: 100_000, patience: 1000 } },
});
const nodeOptions = process.env.NODE_OPTIONS;
afterEach(() => {
  if (nodeOptions === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = nodeOptions;
});

describe('startTraining', () => {
  it('gives the bytes that the job gives here, tells how far it is, and leaves no process', async () => {
    const told: TrainingProgress[] = [];
    const job = smallJob();
    const training = startTraining(job, { onProgress: (progress) => told.push(progress) });
    expect(await training.result).toEqual(await runTrainingJob(job));
    expect(told.at(-1)).toMatchObject({ updates: 30, of: 30, remainingMs: 0 });
    expect(told.at(-1)!.windowsPerSecond).toBeGreaterThan(0);
    expect(told[0]!.remainingMs).toBeGreaterThan(0);
    for (const { trainLoss, heldOutLoss } of told) expect(trainLoss + heldOutLoss).toBeGreaterThan(0);
    await training.stop();
    expect(trainingProcesses()).toEqual([]);
  });

  it('is stopped in the midst of a computation', async () => {
    const training = await underWay();
    await training.stop();
    expect(trainingProcesses()).toEqual([]);
    await expect(training.result).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is stopped before it has begun', async () => {
    const training = startTraining(smallJob());
    await training.stop();
    await expect(training.result).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is ended when it takes longer than it may, be it that it hangs, and not tried again at once', async () => {
    const training = startTraining(LONG, { maxMs: 1500 });
    const hanging = setInterval(() => {
      for (const pid of trainingProcesses()) process.kill(pid, 'SIGSTOP');
    }, 100);
    await expect(training.result).rejects.toMatchObject({
      code: 'encoder',
      retriable: false,
      message: expect.stringMatching(/took longer than 1s500ms.*model\.retrain\.maxDuration/),
    });
    clearInterval(hanging);
    expect(trainingProcesses()).toEqual([]);
  });

  it('gives way to others where it runs in the background', async () => {
    const training = await underWay(true);
    expect(getPriority(trainingProcesses()[0]!)).toBe(
      Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL),
    );
    await training.stop();
  });

  it('is rejected when its process is killed, and can be tried again', async () => {
    const training = await underWay();
    process.kill(trainingProcesses()[0]!, 'SIGKILL');
    await expect(training.result).rejects.toMatchObject({
      code: 'encoder',
      retriable: true,
      message: expect.stringMatching(/^The training's process ended by SIGKILL\. Where nobody.*lack of memory/),
    });
  });

  it('leaves it to its parent how it ends where a terminal or a process group is told to stop', async () => {
    let reports = 0;
    const training = await underWay(false, () => reports++);
    const [pid] = trainingProcesses();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid!, signal);
    const before = reports;
    await expect.poll(() => reports, { timeout: 60_000 }).toBeGreaterThan(before + 1);
    await training.stop();
    await expect(training.result).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is rejected when its process runs out of memory, and says so', async () => {
    process.env.NODE_OPTIONS = '--max-old-space-size=10';
    await expect(startTraining(smallJob()).result).rejects.toMatchObject({
      code: 'encoder',
      retriable: true,
      message: expect.stringMatching(/ended by .*\(.*heap out of memory.*It ran out of memory: lower model\.reservoir/),
    });
  });

  it('leaves no process when its own is killed, however busy that is', async () => {
    const fixture = fileURLToPath(new URL('./fixtures/begin-training.ts', import.meta.url));
    const parent = spawn(process.execPath, ['--import', 'tsx', fixture], { stdio: 'inherit' });
    const orphans: number[] = [];
    try {
      // It has loaded, and computes.
      await expect
        .poll(() => trainingProcesses(parent.pid).filter((pid) => cpuSeconds(pid) >= 5), { timeout: 60_000 })
        .toHaveLength(1);
      orphans.push(...trainingProcesses(parent.pid));
      parent.kill('SIGKILL');
      await expect.poll(() => orphans.filter(isRunning), { timeout: 20_000 }).toEqual([]);
    } finally {
      parent.kill('SIGKILL');
      for (const pid of orphans.filter(isRunning)) process.kill(pid, 'SIGKILL');
    }
  });

  it('hands on what a job throws', async () => {
    const nothing = smallJob();
    const empty = { ...nothing, reservoir: { ...nothing.reservoir, customers: [] } };
    await expect(startTraining(empty).result).rejects.toMatchObject({ code: 'encoder', retriable: false });
  });
});

/** A long training that has done its first updates. */
function underWay(background = false, onProgress = () => {}): Promise<Training> {
  return new Promise((resolve, reject) => {
    const report = (): void => {
      resolve(training);
      onProgress();
    };
    const training = startTraining(LONG, { background, onProgress: report });
    training.result.catch(reject);
  });
}

/** Ids of a process's trainings. */
function trainingProcesses(parent = process.pid): number[] {
  const { stdout: children } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' });
  return children
    .split('\n')
    .filter((line) => /training/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

function cpuSeconds(pid: number): number {
  return Number(spawnSync('ps', ['-o', 'cputimes=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
}

function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z');
}
