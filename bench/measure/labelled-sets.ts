import { readdirSync } from 'node:fs';

/** Names of the sets in a folder of files SET.csv.gz. */
export function labelledSets(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv.gz'))
    .map((name) => name.slice(0, -'.csv.gz'.length))
    .sort();
}
