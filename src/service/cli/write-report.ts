import { dirname, join } from 'node:path';
import { checkOutputFile } from '../../transport/file/check-output-file.js';
import { toOutputError } from '../../transport/file/file-error.js';
import { makeFolder } from '../../transport/file/make-folder.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import { createLog } from '../log.js';
import { gatherReport } from '../report/gather-report.js';
import { type RenderedReport, renderReport } from '../report/render-report.js';
import { formatCounted } from '../summary/format.js';
import { toViewSettings } from '../view/to-view-settings.js';
import { findRun } from './find-run.js';
import { loadCharts } from './load-charts.js';
import { readConfig } from './read-config.js';
import type { ReportFlags } from './report-command.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import { workAndPrint } from './work-and-print.js';

/** What `segtide report` wrote. */
interface WrittenReport {
  readonly report: string;
  readonly bytes: number;
  readonly plots: readonly string[];
  /** Why no windows are shown; null where they are. */
  readonly noWindows: string | null;
  /** Why segments are not scored against labels; null where they are, or there are none. */
  readonly noLabels: string | null;
}

/**
 * Writes the report of a run.
 *
 * @returns the exit code
 */
export async function writeReport(named: string | undefined, flags: ReportFlags, terminal: Terminal): Promise<number> {
  const { output = 'report.html', plots, labels, windows, quiet = false, json = false } = flags;
  const config = readConfig(flags.config, sharedAssignments({ set: flags.set ?? [] }), terminal.env);
  const folder = findRun(config, named, { asks: 'segtide report', names: 'its path' }, (text) => {
    if (!quiet && !json) terminal.err.write(`${text}\n`);
  });
  await checkOutputFile(output, [labels]);
  return workAndPrint(
    {
      work: async (display, signal): Promise<WrittenReport> => {
        const facts = await gatherReport(
          toViewSettings(config, folder, 0),
          { labels, labelField: config.input.fields.label, windows },
          {
            clock: { now: terminal.now },
            log: createLog({ level: 'warn', format: 'text', write: (line) => display.above(line) }),
            signal,
            onProgress: (events) => display.show(() => `reading windows  ${formatCounted(events, 'event')}`),
          },
        );
        const { renderChart } = await loadCharts();
        const rendered = renderReport(facts, renderChart);
        await writeWholeFile(output, rendered.page);
        return {
          report: output,
          bytes: Buffer.byteLength(rendered.page),
          plots: plots === undefined ? [] : await writePlots(plots, rendered),
          noWindows: 'why' in facts.windows ? facts.windows.why : null,
          noLabels: facts.labels !== undefined && 'why' in facts.labels ? facts.labels.why : null,
        };
      },
      render: toText,
    },
    flags,
    terminal,
  );
}

async function writePlots(folder: string, { plots }: RenderedReport): Promise<readonly string[]> {
  await makeFolder(folder).catch((cause: unknown) => {
    throw toOutputError(cause, folder);
  });
  const paths: string[] = [];
  for (const [name, svg] of plots) {
    const path = join(folder, `${name.replaceAll(/[^\w.-]/g, '_')}.svg`);
    await writeWholeFile(path, `${svg}\n`);
    paths.push(path);
  }
  return paths;
}

function toText({ report, bytes, plots, noWindows, noLabels }: WrittenReport): string {
  const lines = [`wrote ${report} (${Math.ceil(bytes / 1024)} kB); open it in a browser`];
  if (plots.length > 0) lines.push(`wrote ${formatCounted(plots.length, 'chart')} into ${dirname(plots[0]!)}`);
  if (noWindows !== null) lines.push(`without original and reconstructed windows: ${noWindows}`);
  if (noLabels !== null) lines.push(`without scores against labels: ${noLabels}`);
  return `${lines.join('\n')}\n`;
}
