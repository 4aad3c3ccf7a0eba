import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/service/cli/main.js', import.meta.url));

/** What a resumed run says where there is nothing to go on from. */
export const STARTS_OVER = /^\{[^\n]*the run starts over, from the beginning of its input"\}\n/;

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedSegtide {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the built command. A run that hangs is killed after a minute, and then has a signal instead of a code. */
export function startSegtide(args: readonly string[], cwd = tmpdir()): StartedSegtide {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 400_000,
    killSignal: 'SIGKILL',
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  child.stdin!.on('error', () => undefined);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...texts }));
  });
  return { child, ended };
}

export async function runSegtide(args: readonly string[], cwd?: string): Promise<Ended> {
  const { child, ended } = startSegtide(args, cwd);
  child.stdin!.end();
  return ended;
}

/** Size and SHA-256 of every file of a run but its summary, which tells times. */
export function outputsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(ndjson|parquet)$/.test(name),
  );
  const tell = (bytes: Buffer): string => `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex')}`;
  return Object.fromEntries(names.sort().map((name) => [name, tell(readFileSync(join(folder, name)))]));
}

export function recordsOf(folder: string, output: string): Record<string, unknown>[] {
  const text = readFileSync(join(folder, `${output}.ndjson`), 'utf8');
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
}

/** A folder that is gone when the tests are. */
export function scratchFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'segtide-command-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
