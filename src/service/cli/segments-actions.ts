import { randomUUID } from 'node:crypto';
import { SegtideError } from '../../errors.js';
import { LONGEST_NAME, NAME_PATTERN, type RequestOf, requestInWords } from '../../train/model-request.js';
import type { Config } from '../config/schema.js';
import { createLog } from '../log.js';
import { openModelFolder, openModelTopics } from '../models/model-place.js';
import { printable } from '../summary/format.js';
import { renderSegment, renderSegmentList } from '../summary/render-segment-list.js';
import type { SegmentAnswer, SegmentsAnswer } from '../view/api/answers.js';
import { readModelEvents } from '../view/api/queries/models.js';
import { readSegments } from '../view/api/queries/segments.js';
import { readOutputs } from '../view/read-outputs.js';
import type { ViewStore } from '../view/store/view-store.js';
import { toViewSettings } from '../view/to-view-settings.js';
import { findRun } from './find-run.js';
import { readConfig } from './read-config.js';
import type { SegmentsFlags } from './segments-command.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';

/** Prints the segments in force. */
export async function listSegments(flags: SegmentsFlags, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  const [answer, refused] = await read(openPlace(flags, terminal), terminal, (database) => [
    readSegments(database),
    countRefused(database),
  ]);
  out.write(flags.json ? `${JSON.stringify(answer)}\n` : renderSegmentList(answer, refused, out.columns ?? 160));
}

/** Prints all that is known of one segment. */
export async function showSegment(id: string, flags: SegmentsFlags, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  const segment = find(await read(openPlace(flags, terminal), terminal, readSegments), id);
  out.write(flags.json ? `${JSON.stringify(segment)}\n` : renderSegment(segment, out.columns ?? 160));
}

/** Asks the trainer to call a segment as somebody likes; in the outputs of a run that has ended it is done at once. */
export async function renameSegment(
  id: string,
  given: string,
  flags: SegmentsFlags,
  terminal: Terminal,
): Promise<void> {
  const name = given.trim();
  if (name.length > LONGEST_NAME) {
    throw new SegtideError('config', `a name has ${LONGEST_NAME} characters at most; got ${name.length}`);
  }
  if (!NAME_PATTERN.test(name)) {
    throw new SegtideError('config', `a name must not hold control characters; got '${printable(name)}'`);
  }
  const place = openPlace(flags, terminal);
  const { segmentId } = find(await read(place, terminal, readSegments), id);
  const models = place.folder === undefined ? openModelTopics(place.config) : openModelFolder(place.folder);
  // Names sort by time: requests are done in the order in which they were asked for.
  const requestId = `${String(terminal.now()).padStart(15, '0')}-${randomUUID().slice(0, 8)}`;
  const request: RequestOf<'rename'> = { id: requestId, kind: 'rename', segmentId, name, reason: flags.reason ?? '' };
  await models.ask(request);
  const { json = false, quiet = false } = flags;
  if (json) terminal.out.write(`${JSON.stringify({ asked: request, place: models.name })}\n`);
  else if (!quiet) terminal.out.write(`asked for: ${requestInWords(request)}; ${models.doneBy}\n`);
}

interface SegmentPlace {
  readonly config: Config;
  /** Undefined where topics are read. */
  readonly folder: string | undefined;
}

function openPlace({ output, config: path, set, json = false }: SegmentsFlags, { env, err }: Terminal): SegmentPlace {
  const config = readConfig(path, sharedAssignments({ set: set ?? [] }), env);
  const folder = findRun(config, output, { asks: 'segtide segments', names: '--output' }, (text) => {
    if (!json) err.write(`${text}\n`);
  });
  return { config, folder };
}

function read<T>(
  { config, folder }: SegmentPlace,
  { err }: Terminal,
  query: (database: ViewStore['database']) => T,
): Promise<T> {
  const log = createLog({ level: 'warn', format: 'text', write: (line) => err.write(`${line}\n`) });
  const { signal } = new AbortController();
  return readOutputs(toViewSettings(config, folder, 0), { log, signal }, ({ database }) => query(database));
}

/** Trainings of which no model came into force. */
function countRefused(database: ViewStore['database']): number {
  const { events } = readModelEvents(database, { limit: MOST_EVENTS });
  return events.filter(({ event }) => event === 'refused' || event === 'failed').length;
}

/** Of the newest: where none was promoted there are few. */
const MOST_EVENTS = 1000;

function find({ segments }: SegmentsAnswer, id: string): SegmentAnswer {
  const found = segments.find(({ segmentId }) => segmentId === id);
  if (found !== undefined) return found;
  const known = segments.map(({ segmentId }) => segmentId).join(', ') || 'none yet';
  throw new SegtideError('state', `there is no segment ${id}; there are ${known}`);
}
