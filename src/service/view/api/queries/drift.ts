import type { Database } from 'node-sqlite3-wasm';
import type { DriftReport } from '../../../../drift/drift-report.js';
import type { DriftAnswer } from '../answers.js';

type Report = DriftAnswer['reports'][number];

/** Earlier values of a statistic that are told. */
const HISTORY = 60;

/**
 * The end of the last round of comparisons; null before the first. A round tells of all that it compares, with one
 * `currentEnd`; `change` and `withinShift` are told between rounds, too. A statistic whose last report is older was not
 * compared again (of a segment that is gone, for one), and is no news of how things are now.
 */
const LAST_ROUND = `(select max(currentEnd) from drift where statistic not in ('change', 'withinShift'))`;

/** The latest report of each statistic: what drifts first, what is past last, each by how far beyond its threshold. */
export function readDrift(database: Database): DriftAnswer {
  const histories = new Map<string, Report['history']>();
  const points = database.all(
    `select layer, subject, statistic, currentEnd, value, drifted from
     (select *, row_number() over (partition by layer, subject, statistic order by currentEnd desc) as age from drift)
     where age <= ? order by currentEnd`,
    HISTORY,
  );
  for (const { layer, subject, statistic, currentEnd, value, drifted } of points) {
    const key = `${layer}/${subject}/${statistic}`;
    const history = histories.get(key) ?? [];
    history.push({ currentEnd: Number(currentEnd), value: Number(value), drifted: drifted === 1 });
    histories.set(key, history);
  }
  // With a `max` alone, the other columns are those of its row.
  const rows = database.all(
    `select record, max(currentEnd), coalesce(currentEnd < ${LAST_ROUND}, 0) as past
     from drift group by layer, subject, statistic`,
  );
  const reports = rows.map(({ record, past }): Report => {
    const { reportId: _, ...report } = JSON.parse(record as string) as DriftReport;
    const history = histories.get(`${report.layer}/${report.subject}/${report.statistic}`) ?? [];
    return { ...report, drifted: report.drifted && past === 0, past: past === 1, history };
  });
  reports.sort(
    (a, b) => Number(b.drifted) - Number(a.drifted) || Number(a.past) - Number(b.past) || excess(b) - excess(a),
  );
  return { reports };
}

/** How many statistics drift, by their latest reports: those of the last round of comparisons, or told since. */
export function countDrifted(database: Database): number {
  const row = database.get(
    `select sum(drifted) as drifted from
     (select drifted, max(currentEnd) as latest from drift group by layer, subject, statistic)
     where latest >= coalesce(${LAST_ROUND}, 0)`,
  );
  return Number(row?.drifted ?? 0);
}

function excess({ value, threshold }: Report): number {
  return threshold > 0 ? value / threshold : 0;
}
