import { SegtideError } from '../../errors.js';
import { toAssignment } from '../config/assignment.js';
import type { Config } from '../config/schema.js';
import { replayFromConfig } from '../replay/replay-from-config.js';
import { resolveRun } from '../run/run-settings.js';
import { renderReplay } from '../summary/render-replay.js';
import { EXIT_CODES } from './exit-code.js';
import { openConsole } from './open-console.js';
import { freshOutputFolder } from './output-folder.js';
import { readConfig } from './read-config.js';
import { refuseUsedFolder } from './refuse-used-folder.js';
import { refuseUsedTopics } from './refuse-used-topics.js';
import type { ReplayFlags } from './replay-command.js';
import { requireKafka } from './require-kafka.js';
import type { Terminal } from './terminal.js';
import { toDuration } from './to-duration.js';

/**
 * Replays a range, and tells what came of it.
 *
 * @returns the exit code: 130 where it was stopped before its end
 */
export async function replayAndReport(flags: ReplayFlags, terminal: Terminal): Promise<number> {
  const { json = false, quiet = false, force = false, set = [], model } = flags;
  const config = readConfig(flags.config, set.map(toAssignment), terminal.env);
  requireKafka(config, 'segtide replay');
  const times = toTimes(flags, config, terminal.now());
  const output = toOutput(flags, config, terminal.now());
  if (!force) await (output.kind === 'directory' ? refuseUsedFolder(output.path!) : refuseUsedTopics(config, output));
  const { display, log, stop } = openConsole(config, { json, quiet }, terminal);
  try {
    const summary = await replayFromConfig(
      config,
      { ...times, model, output },
      { signal: stop.signal, progress: display.show, log, clock: { now: terminal.now } },
    );
    display.clear();
    if (json) terminal.out.write(`${JSON.stringify(summary)}\n`);
    else if (!quiet) terminal.out.write(renderReplay(summary));
    return summary.interrupted ? EXIT_CODES.interrupted : EXIT_CODES.ok;
  } finally {
    display.clear();
    stop.close();
  }
}

function toTimes({ from, to, lead }: ReplayFlags, config: Config, now: number) {
  const times = { from: toTime('--from', from, now), to: to === undefined ? now : toTime('--to', to, now) };
  if (times.from >= times.to) throw new SegtideError('config', '--from must be before --to');
  const { stages, segmentation } = resolveRun(config);
  const { series, calendar } = segmentation.trainer.model;
  const { outOfOrdernessMs, allowedLatenessMs } = stages.window;
  const leadMs =
    lead === undefined
      ? 2 * series.windowSteps * calendar.stepMs + outOfOrdernessMs + allowedLatenessMs
      : toDuration('--lead', lead);
  return { ...times, leadMs };
}

/** A time, or how long ago it was. */
function toTime(flag: string, text: string, now: number): number {
  if (/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text)) {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return time;
  }
  return now - toDuration(flag, text, 'a time such as 2026-01-31T08:00:00Z, a date (UTC), or ');
}

/** Never where the workers write. */
function toOutput({ output: folder, topicPrefix }: ReplayFlags, { output }: Config, now: number): Config['output'] {
  if (topicPrefix === undefined) return { ...output, kind: 'directory', path: folder ?? freshOutputFolder(now) };
  if (folder !== undefined) throw new SegtideError('config', 'name a folder by --output or a --topic-prefix, not both');
  if (topicPrefix === output.topicPrefix) {
    const text = `--topic-prefix must not be that of the workers, '${topicPrefix}': readers could not tell whose results they are`;
    throw new SegtideError('config', text);
  }
  return { ...output, kind: 'kafka', topicPrefix, topics: {} };
}
