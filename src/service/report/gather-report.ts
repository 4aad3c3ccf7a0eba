import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageVersion } from '../cli/package-path.js';
import type { Config } from '../config/schema.js';
import { SUMMARY } from '../run/folder-state.js';
import type { RunSummary } from '../run-summary.js';
import { countAlertsOverTime, strongestAlerts } from '../view/api/queries/alerts.js';
import { readDrift } from '../view/api/queries/drift.js';
import { readFlows } from '../view/api/queries/flows.js';
import { readMap } from '../view/api/queries/map.js';
import { readModelEvents } from '../view/api/queries/models.js';
import { countCustomers, readSegments } from '../view/api/queries/segments.js';
import { readOutputs } from '../view/read-outputs.js';
import type { ViewSettings } from '../view/view-settings.js';
import type { ReportFacts } from './report-facts.js';
import { labelsOfEvents, scoreLabels } from './score-labels.js';
import { type ScoreSampleDeps, scoreSample } from './score-sample.js';

export interface GatherReportOptions {
  /** NDJSON file with known segments; see `scoreLabels`. */
  readonly labels: string | undefined;
  /** Field of events that holds labels, where the settings of the run are not told by its summary. */
  readonly labelField: string | undefined;
  /** Whether the input is read again for windows to show. */
  readonly windows: boolean;
}

/** Points of the map: enough to see, and a page that opens at once. */
const MOST_POINTS = 2_000;
/** Alerts of each kind that are explained. */
const EXPLAINED = 3;

/**
 * Reads a run's outputs to their end, and the windows of its input for what outputs do not hold.
 *
 * @throws SegtideError `input` where outputs or labels can't be read, `transport` where topics can't, `aborted` on request
 */
export async function gatherReport(
  settings: ViewSettings,
  { labels, labelField, windows }: GatherReportOptions,
  deps: ScoreSampleDeps,
): Promise<ReportFacts> {
  const { folder } = settings;
  return readOutputs(settings, deps, async ({ database, source, customers }) => {
    const run = folder === undefined ? undefined : await readSummary(folder);
    return {
      name: run?.name ?? settings.name,
      source,
      version: packageVersion(),
      writtenAt: deps.clock.now(),
      run,
      customers: [...countCustomers(database).values()].reduce((sum, count) => sum + count, 0),
      segments: readSegments(database),
      flows: readFlows(database, { from: 0, to: Number.MAX_SAFE_INTEGER }),
      drift: readDrift(database),
      alertCounts: countAlertsOverTime(database),
      alerts: strongestAlerts(database, EXPLAINED),
      models: readModelEvents(database, { limit: 200 }).events,
      map: readMap(database, { limit: MOST_POINTS }),
      labels:
        labels === undefined ? labelsOfEvents(run, labelField) : await scoreLabels(database, labels, customers.toKey),
      windows: await windowsOf(folder, run, windows, settings.config.plugins, deps),
    };
  });
}

function windowsOf(
  folder: string | undefined,
  run: RunSummary | undefined,
  wanted: boolean,
  plugins: Config['plugins'],
  deps: ScoreSampleDeps,
): ReportFacts['windows'] | Promise<ReportFacts['windows']> {
  if (!wanted) return { why: 'the report was asked to leave them out' };
  if (folder === undefined) return { why: 'the outputs are topics, which hold no windows' };
  return scoreSample(folder, run, plugins, deps);
}

/** What a run said at its end; undefined for one that goes on. */
async function readSummary(folder: string): Promise<RunSummary | undefined> {
  const text = await readFile(join(folder, SUMMARY), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RunSummary);
}
