import type { Database } from 'node-sqlite3-wasm';
import type { DriftReport } from '../../../../drift/drift-report.js';
import type { DriftAnswer } from '../answers.js';

type Report = DriftAnswer['reports'][number];

/** Earlier values of a statistic that are told. */
const HISTORY = 60;

/** The latest report of each statistic, those that are farthest beyond their thresholds first. */
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
  const rows = database.all('select record, max(currentEnd) from drift group by layer, subject, statistic');
  const reports = rows.map(({ record }): Report => {
    const { reportId: _, ...report } = JSON.parse(record as string) as DriftReport;
    const history = histories.get(`${report.layer}/${report.subject}/${report.statistic}`) ?? [];
    return { ...report, history };
  });
  reports.sort((a, b) => Number(b.drifted) - Number(a.drifted) || excess(b) - excess(a));
  return { reports };
}

/** How many statistics drift, by their latest reports. */
export function countDrifted(database: Database): number {
  const row = database.get(
    'select sum(drifted) as drifted from (select drifted, max(currentEnd) from drift group by layer, subject, statistic)',
  );
  return Number(row?.drifted ?? 0);
}

function excess({ value, threshold }: Report): number {
  return threshold > 0 ? value / threshold : 0;
}
