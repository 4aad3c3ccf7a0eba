import { SegtideError } from '../errors.js';
import { formatDuration } from '../numeric/duration.js';

/** How a training's process ended without an outcome. */
export interface TrainingEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it said on standard error. */
  readonly said: string;
}

/** What V8, the C++ library, a Rust allocator and a system say of memory that they do not get. */
const NO_MEMORY = /out of memory|bad_alloc|memory allocation|allocation failed|cannot allocate memory/i;

const LESS = 'lower model.reservoir, encoder.batch or encoder.hidden';

/** What to do about a lack of memory, where it is that of which a message speaks; else nothing. */
export function memoryAdvice(message: string): string {
  if (!NO_MEMORY.test(message)) return '';
  return ` It ran out of memory: ${LESS}, or give it more (NODE_OPTIONS=--max-old-space-size=… for the JavaScript heap).`;
}

/** Makes the error of a training whose process is gone, by what it last said; the same training may be tried again. */
export function toTrainingEndError({ code, signal, said }: TrainingEnd): SegtideError {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const telling =
    lines.find((line) => NO_MEMORY.test(line)) ??
    lines.find((line) => /FATAL|Error|panicked/.test(line)) ??
    lines.at(-1) ??
    '';
  const words = telling === '' ? '' : ` (${telling.trim().slice(0, 300)})`;
  const killed =
    signal === 'SIGKILL'
      ? ` Where nobody killed it, the system did for lack of memory: ${LESS}, or give the machine or container more.`
      : '';
  return new SegtideError(
    'encoder',
    `The training's process ended by ${signal ?? `exit code ${code}`}${words}.${memoryAdvice(telling) || killed}`,
    { retriable: true },
  );
}

/** The error of a training that took too long. The same one would again, so it is tried again by the schedule alone. */
export function overdueTraining(maxMs: number): SegtideError {
  return new SegtideError(
    'encoder',
    `The training was ended: it took longer than ${formatDuration(maxMs)}. Where it did not hang, lower model.reservoir or encoder.updates, or allow more by model.retrain.maxDuration.`,
  );
}
