import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventFindings, inspectSample } from '../../../src/service/inspect/inspect-sample.js';
import { readFileSample } from '../../../src/service/inspect/read-file-sample.js';

/** What is found in a CSV of a header and rows. */
export async function inspectCsv(header: string, rows: readonly string[]): Promise<EventFindings> {
  const folder = await mkdtemp(join(tmpdir(), 'segtide-inspect-'));
  try {
    const path = join(folder, 'usage.csv');
    await writeFile(path, `${header}\n${rows.join('\n')}\n`);
    const findings = inspectSample(await readFileSample(path));
    if (findings.holds !== 'events') throw new Error('these are events');
    return findings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Rows of one time each, an hour apart. */
export function hourlyRows(toRow: (i: number, time: string) => string, count = 240): string[] {
  return Array.from({ length: count }, (_, i) => toRow(i, new Date(1.7e12 + i * 3_600_000).toISOString()));
}
