import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** A line of a role's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface RoleEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All that it wrote to standard error. */
  readonly text: string;
}

/** A worker or trainer in a process of its own, to be killed, suspended or stopped. */
export interface RoleProcess {
  readonly role: 'worker' | 'trainer';
  /** Epoch ms. */
  readonly startedAt: number;
  readonly isRunning: boolean;
  /** Whether it was told to end. */
  readonly isAskedToEnd: boolean;
  readonly log: readonly LogLine[];
  readonly ended: Promise<RoleEnd>;
  /** Resolves with the first line at or after `from` that is so; rejects when the process ends before. */
  said(isSo: (line: LogLine) => boolean, from?: number): Promise<LogLine>;
  /** Answers whether the process was still there to be sent it. */
  send(signal: NodeJS.Signals): boolean;
  /** Sends the signal and resolves when the process has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<RoleEnd>;
  /** Resident memory in bytes. */
  residentBytes(): Promise<number>;
  /** Process ids of its own children, such as that of a training. */
  children(): Promise<readonly number[]>;
}

/** @param main the compiled command */
export function startRole(main: string, role: 'worker' | 'trainer', configPath: string): RoleProcess {
  const child = spawn(process.execPath, [main, role, '--config', configPath], { stdio: ['ignore', 'ignore', 'pipe'] });
  const log: LogLine[] = [];
  const listeners = new Set<() => void>();
  let text = '';
  let isAskedToEnd = false;
  createInterface({ input: child.stderr! }).on('line', (line) => {
    text += `${line}\n`;
    log.push(line.startsWith('{') ? JSON.parse(line) : { level: 'text', msg: line });
    for (const listener of listeners) listener();
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const ended = new Promise<RoleEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, text });
      for (const listener of listeners) listener();
    });
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill); // an interrupted test leaves nothing behind
  ended.finally(() => process.off('exit', kill)).catch(() => {});

  return {
    role,
    startedAt: Date.now(),
    get isRunning() {
      return isRunning();
    },
    get isAskedToEnd() {
      return isAskedToEnd;
    },
    log,
    ended,
    said(isSo, from = 0) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const line = log.slice(from).find(isSo);
          if (line === undefined && isRunning()) return;
          listeners.delete(look);
          if (line !== undefined) resolve(line);
          else reject(new Error(`the ${role} ended before it said what was waited for; it said:\n${text}`));
        };
        listeners.add(look);
        look();
      });
    },
    send: (signal) => isRunning() && child.kill(signal),
    end(signal) {
      isAskedToEnd = true;
      if (isRunning()) child.kill(signal);
      return ended;
    },
    async residentBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
    },
    async children() {
      const ids = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => ''); // it has ended
      return ids.split(' ').filter(Boolean).map(Number);
    },
  };
}
