import { printConfig } from '../../config/print-config.js';
import { formatCount, formatCounted, formatDate, formatSeconds } from '../../summary/format.js';
import { html, plain } from '../html.js';
import type { ReportFacts } from '../report-facts.js';
import { type Section, tableOf } from './section-parts.js';

/** What was run: versions, input, what became of each event, settings. */
export function runSection({ run, source, version }: ReportFacts): Section {
  const rows: (readonly [string, string])[] = [
    ['outputs', source],
    ['report by', `segtide ${version}`],
  ];
  if (run !== undefined) {
    const { events, eventTimes, identity } = run;
    if (run.version !== undefined) rows.push(['run by', `segtide ${run.version}`]);
    rows.push(['input', [identity.input].flat().join(', ')]);
    if (eventTimes !== null) rows.push(['event times', eventTimes.map(formatDate).join(' to ')]);
    const fates = Object.entries(events).filter(([fate]) => fate !== 'in');
    rows.push([
      'events',
      `${formatCount(events.in)} in = ${fates.map(([fate, count]) => `${count === undefined ? 0 : formatCount(count)} ${toWords(fate)}`).join(' + ')}`,
    ]);
    const reasons = Object.entries(run.deadLetterReasons).map(([reason, count]) => `${formatCount(count)} ${reason}`);
    if (reasons.length > 0) rows.push(['dead letters', reasons.join(', ')]);
    rows.push(['windows', `${formatCount(run.windows)}, of ${formatCounted(run.customers, 'customer')}`]);
    if (run.modelVersion !== null) rows.push(['model at the end', run.modelVersion]);
    rows.push(['time it took', formatSeconds(run.seconds)]);
    if (run.interrupted) rows.push(['ended', 'because it was told to stop']);
  }
  const cells = rows.map(([what, value]) => [what, plain(value, 400)]);
  return {
    id: 'run',
    title: 'What was run',
    note:
      run === undefined
        ? 'No summary was left: the run goes on, or its outputs are topics.'
        : 'Every event has one fate.',
    body: html`${tableOf('Facts of the run', [{ head: 'what' }, { head: 'value' }], cells)}
${run?.config === undefined ? '' : html`<details><summary>All settings in effect</summary><pre tabindex="0" role="region" aria-label="Settings">${printConfig(run.config)}</pre></details>`}`,
  };
}

/** `deadLettered` as `dead-lettered`. */
function toWords(fate: string): string {
  return fate.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
