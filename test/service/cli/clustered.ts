import { readFile } from 'node:fs/promises';
import { clusterAndReport } from '../../../src/service/cli/cluster-and-report.js';
import type { ClusterFlags } from '../../../src/service/cli/cluster-command.js';
import type { ClusterReport } from '../../../src/service/cluster/cluster-report.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';

/** A line of the assignments. */
export interface Line {
  readonly row: number;
  readonly customerId: string | null;
  readonly windowStart: number | null;
  readonly status: string;
  readonly cluster: string | null;
  readonly knn?: number;
  readonly isolation?: number;
  readonly lof?: number;
}

/** What `segtide cluster --json` prints. */
export async function clustered(
  file: string | undefined,
  flags: Partial<ClusterFlags>,
  tell: (text: string) => unknown = () => undefined,
): Promise<ClusterReport> {
  let out = '';
  const terminal = {
    out: { write: (text: string) => (out += text) },
    err: { write: tell },
    env: {},
    now: () => 0,
  };
  await clusterAndReport(
    file === undefined ? [] : [file],
    { method: 'k-means', threads: undefined, ...flags, json: true } as ClusterFlags,
    terminal,
    (job) => runTrainingJob(job),
  );
  return JSON.parse(out) as ClusterReport;
}

/** The assignments that it wrote. */
export async function linesOf(file: string): Promise<Line[]> {
  return (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
