import type { ErrorCode } from '../../errors.js';

/** Exit codes, as `segtide --help` and docs/cli.md list them. */
export const EXIT_CODES = {
  ok: 0,
  unexpected: 1,
  config: 2,
  input: 3,
  output: 4,
  state: 5,
  transport: 6,
  encoder: 7,
  nothingAccepted: 8,
  fenced: 9,
  undelivered: 10,
  interrupted: 130,
  terminated: 143,
} as const;

/** What a command leaves behind. */
export interface Outcome {
  exitCode: number;
}

/** The exit code of a failure; anything but a SegtideError is a defect of segtide, as is an error in its accounts. */
export function exitCodeOf(code: ErrorCode | undefined): number {
  if (code === undefined || code === 'accounting') return EXIT_CODES.unexpected;
  return code === 'aborted' ? EXIT_CODES.interrupted : EXIT_CODES[code];
}

/** The table for `--help`. */
export const EXIT_CODE_HELP = `Exit codes:
  0 done   1 unexpected error   2 wrong command, option or config   3 input can't be read
  4 output can't be written   5 checkpoint or model damaged, or of other settings   6 broker failed
  7 training or encoding failed   8 events came, but none was accepted
  9 another process took over the partition   10 alerts were not delivered
  130 interrupted   143 terminated`;
