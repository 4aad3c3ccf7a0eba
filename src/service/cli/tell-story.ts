import { readFile } from 'node:fs/promises';
import type { RunSummary } from '../run-summary.js';
import { type KnownChange, renderStory, type StoryRecords } from '../summary/render-story.js';

/**
 * Tells what happened in a run from the records that it wrote to a folder, for people to read.
 *
 * @param planted what is known of the stream beside them
 */
export async function tellStory(
  { outputs }: RunSummary,
  width: number,
  planted: readonly KnownChange[],
): Promise<string> {
  const records = async <K extends keyof StoryRecords>(name: string): Promise<StoryRecords[K]> => {
    const path = outputs.find(({ output }) => output === name)?.path;
    if (path === undefined) return [] as unknown as StoryRecords[K];
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line)) as unknown as StoryRecords[K];
  };
  const [segments, drift, transitions, modelEvents] = await Promise.all([
    records<'segments'>('segments'),
    records<'drift'>('drift'),
    records<'transitions'>('transitions'),
    records<'modelEvents'>('model-events'),
  ]);
  return renderStory({ segments, drift, transitions, modelEvents }, width, planted);
}
