import { dirname } from 'node:path';
import type { RunSummary } from '../run-summary.js';
import { trainingsFailed } from './trainings-failed.js';

/** What a user may want to do now, by what came of the run. */
export function nextSteps(summary: RunSummary, hasConfigFile: boolean): string[] {
  const { events, outputs, models, modelVersion, interrupted } = summary;
  const path = (output: string): string | undefined => outputs.find((o) => o.output === output)?.path;
  const assignments = path('assignments');
  const deadLetters = path('dead-letters');
  const steps: string[] = [];
  if (interrupted && assignments !== undefined && !readsStandardInput(summary)) {
    steps.push('go on:           the same command with', `                 --resume --output ${dirname(assignments)}`);
  }
  if (events.in === 0) steps.push('no events:       check input.paths (segtide config print)');
  else if (events.deadLettered === events.in) {
    steps.push('nothing is readable: check input.fields and input.time');
    if (deadLetters !== undefined) steps.push(`why:             head -3 ${deadLetters}`);
  } else if (events.late > events.in / 2) {
    steps.push('most are late:   raise window.outOfOrderness, or check input.time.unit');
  } else if (trainingsFailed(summary)) {
    steps.push('no model yet:    every training failed, as told above; segtide doctor tries the engine');
  } else if (modelVersion === null && models.length > 0) {
    steps.push('no model yet:    the gate says why, as told above');
  } else if (modelVersion === null) {
    steps.push('no model yet:    lower model.firstFit, or read more events');
  } else if (assignments !== undefined) {
    const folder = dirname(assignments);
    steps.push(
      `who is where:    head -3 ${assignments}`,
      `as a page:       segtide report ${folder}`,
      `to look around:  segtide view --folder ${folder}`,
    );
  }
  if (!hasConfigFile) steps.push('your own events: segtide init FILE, then segtide run');
  return steps;
}

/** What came through a pipe can't be read again. */
function readsStandardInput({ identity }: RunSummary): boolean {
  return Array.isArray(identity.input) && identity.input.includes('-');
}
