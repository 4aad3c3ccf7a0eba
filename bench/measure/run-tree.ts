import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a command and all its children used. */
export interface TreeRun {
  /** User and system seconds. */
  readonly cpu: number;
  readonly wall: number;
  /** The most that the processes that ran at one time had had resident, each at its own peak; seen every 50 ms. */
  readonly residentMb: number;
}

/** Runs a command to its end. Linux only. @throws Error with its error output when it fails */
export async function runTree(command: readonly string[]): Promise<TreeRun> {
  const child = spawn('bash', ['-c', 'TIMEFORMAT="%R %U %S"; time "$@"', 'bash', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  let residentMb = 0;
  const watch = setInterval(() => {
    residentMb = Math.max(residentMb, residentOf(child.pid!));
  }, 50);
  const status = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (status !== 0) throw new Error(`${command.join(' ')}: ${text}`);
  const [wall, user, system] = text.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { wall: wall!, cpu: user! + system!, residentMb };
}

/** Peaks of a process and its children, in MB; 0 of one that has just ended. */
function residentOf(pid: number): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return Number(kilobytes ?? 0) / 1024 + children.reduce((sum, other) => sum + residentOf(Number(other)), 0);
  } catch {
    return 0;
  }
}
