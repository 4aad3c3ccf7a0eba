import type { Database } from 'node-sqlite3-wasm';
import type { FlowsAnswer } from '../answers.js';
import { lastingNames, lastWindowEnds } from './segments.js';

/** Windows that the course of flows is told of. */
const WINDOWS = 120;

/**
 * Who moved from where to where.
 *
 * @param from the first end of a window that counts, epoch ms; left out, that of the last window
 * @param to the last one
 */
export function readFlows(database: Database, { from, to }: { from?: number; to?: number }): FlowsAnswer {
  const windowEnds = lastWindowEnds(database, 'flows', WINDOWS);
  const last = to ?? windowEnds.at(-1) ?? 0;
  const first = from ?? last;
  const courses = database.all(
    `select windowEnd, sum(case when cause = 'behaviour' then customers else 0 end) as behaviour,
     sum(case when cause = 'model' then customers else 0 end) as model,
     sum(case when cause = 'both' then customers else 0 end) as both
     from flows where windowEnd >= ? group by windowEnd order by windowEnd`,
    windowEnds[0] ?? 0,
  );
  const flows = database.all(
    `select "from", "to", sum(customers) as customers,
     sum(case when cause = 'behaviour' then customers else 0 end) as byBehaviour
     from flows where windowEnd between ? and ? group by "from", "to" order by customers desc, "from", "to" limit 2500`,
    [first, last],
  );
  const names = lastingNames(database);
  return {
    windowEnds,
    windows: courses as unknown as FlowsAnswer['windows'],
    flows: (flows as unknown as FlowsAnswer['flows']).map((flow) => ({
      ...flow,
      fromName: names.get(flow.from) ?? null,
      toName: names.get(flow.to) ?? null,
    })),
  };
}
