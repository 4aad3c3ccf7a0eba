import type { Command } from 'commander';
import { type Assignment, toAssignment } from '../config/assignment.js';
import { collect } from './collect.js';

/** Flags of all commands that run the pipeline. */
export interface SharedFlags {
  readonly output?: string;
  readonly segments?: string;
  readonly seed?: string;
  readonly set?: string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addSharedOptions(command: Command): Command {
  return command
    .option('-o, --output <folder>', 'folder for the results, - for standard output; a fresh one by default')
    .option('-k, --segments <n>', 'number of segments')
    .option('--seed <n>', 'seed of all that is random')
    .option('-s, --set <key=value>', 'set any config key, such as window.steps=24; repeatable', collect)
    .option('--json', 'print the summary as JSON')
    .option('-q, --quiet', 'print errors and warnings only');
}

/** The config keys that those flags set. `--set` comes first: a flag of its own wins over it. */
export function sharedAssignments({ output, segments, seed, set = [] }: SharedFlags): Assignment[] {
  const assignments = set.map(toAssignment);
  const add = (key: string, value: unknown, where: string): void => {
    if (value !== undefined) assignments.push({ key, value, where });
  };
  add('output.kind', output === '-' ? 'stdout' : output && 'directory', '--output');
  add('output.path', output === '-' ? undefined : output, '--output');
  add('cluster.k', segments, '--segments');
  add('run.seed', seed, '--seed');
  return assignments;
}
