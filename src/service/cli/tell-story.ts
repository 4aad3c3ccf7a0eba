import { readFile } from 'node:fs/promises';
import type { RunSummary } from '../run-summary.js';
import { renderStory, type StoryRecords } from '../summary/render-story.js';

/** Tells what happened in a run from the records that it wrote to a folder, for people to read. */
export async function tellStory({ outputs }: RunSummary, width: number): Promise<string> {
  const records = async <K extends keyof StoryRecords>(name: K): Promise<StoryRecords[K]> => {
    const path = outputs.find(({ output }) => output === name)?.path;
    if (path === undefined) return [] as unknown as StoryRecords[K];
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line)) as unknown as StoryRecords[K];
  };
  const [segments, drift, transitions] = await Promise.all([
    records('segments'),
    records('drift'),
    records('transitions'),
  ]);
  return renderStory({ segments, drift, transitions }, width);
}
