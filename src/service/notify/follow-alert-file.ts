import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '../../anomaly/alert.js';
import { SegtideError } from '../../errors.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import { readLines } from '../read-lines.js';
import type { PositionedAlert } from './told-alerts.js';

export interface FollowFileOptions {
  /** The output `alerts`, as NDJSON. */
  readonly path: string;
  /** Where it is kept how many of its alerts were dealt with. */
  readonly positionPath: string;
  readonly deliver: (alerts: readonly PositionedAlert[]) => Promise<void>;
  /** Nothing is written to it any more: what is there is delivered, and that is all. */
  readonly ended: AbortSignal;
  /** Time between two looks at a file that has not grown, ms. @default 250 */
  readonly lookEveryMs?: number;
}

/**
 * Delivers the alerts of a run as they are written, and keeps how many it has delivered. It counts them, for a run that
 * goes on from a checkpoint cuts its output back and writes the same alerts again: those are not delivered twice.
 */
export async function followAlertFile(options: FollowFileOptions): Promise<void> {
  const { path, positionPath, deliver, ended, lookEveryMs = 250 } = options;
  let dealtWith = await readCount(positionPath);
  let seen = 0;
  let offset = 0;
  for (;;) {
    // Asked before looking: what is written until then is found.
    const isLast = ended.aborted;
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    const { text, bytes } = size > offset ? await readLines(path, offset, READ_BYTES) : { text: '', bytes: 0 };
    if (bytes === 0) {
      if (isLast) return;
      await sleep(lookEveryMs, undefined, { signal: ended }).catch(() => undefined);
      continue;
    }
    const lines = text.trimEnd().split('\n');
    const first = seen;
    const alerts = lines.flatMap((line, i): PositionedAlert[] =>
      first + i < dealtWith ? [] : [{ alert: JSON.parse(line) as Alert, position: `${path}:${first + i + 1}` }],
    );
    offset += bytes;
    seen += lines.length;
    if (alerts.length === 0) continue;
    try {
      await deliver(alerts);
    } catch (error) {
      if (error instanceof SegtideError && error.code === 'aborted') return;
      throw error;
    }
    dealtWith = seen;
    await writeWholeFile(positionPath, `${dealtWith}\n`);
  }
}

const READ_BYTES = 65_536;

async function readCount(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '0');
  return Number.parseInt(text, 10) || 0;
}
