import { spawnSync } from 'node:child_process';

/** What a command used, and what the last line of its output says about it. */
export interface ChildRun {
  /** From start to exit, in seconds. */
  readonly wall: number;
  /** User and system seconds of the command and of all its children and threads. */
  readonly cpu: number;
  /** Its last line of output, where that is JSON: what it counted and timed itself. */
  readonly report: Readonly<Record<string, number>>;
}

/** Runs a command to its end, timed by bash. @throws Error with its error output when it fails */
export function runChild(command: readonly string[], env: Readonly<Record<string, string>> = {}): ChildRun {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@"';
  const child = spawnSync('bash', ['-c', script, 'bash', ...command], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', ...env },
    maxBuffer: 1 << 26,
  });
  if (child.status !== 0) throw new Error(`${command.join(' ')}: ${child.stderr}`);
  const [wall, user, system] = child.stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  const last = child.stdout.trim().split('\n').at(-1)!;
  return { wall: wall!, cpu: user! + system!, report: last.startsWith('{') ? JSON.parse(last) : {} };
}
