import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { SEGMENTS } from '../../publish/output.js';
import type { SegmentRecord } from '../../publish/segment-record.js';
import type { RequestOf } from '../../train/model-request.js';
import { toOutputError } from '../../transport/file/file-error.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';

/**
 * Renames a segment in the outputs of a run that has ended: its newest record is told again under the new name at the end
 * of `segments.ndjson`, as a trainer would.
 *
 * @throws SegtideError `state` where there is no such segment; `output` where the file can't be written
 */
export async function renameInOutput(folder: string, { segmentId, name }: RequestOf<'rename'>): Promise<void> {
  const path = join(folder, `${SEGMENTS.name}.ndjson`);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw toOutputError(cause, path);
  });
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SegmentRecord);
  const record = records.findLast((one) => one.segmentId === segmentId);
  if (record === undefined) {
    const known = [...new Set(records.map((one) => one.segmentId))].join(', ') || 'none';
    throw new SegtideError('state', `no segment ${segmentId} is told of in ${path}; there are ${known}`, {
      context: { path },
    });
  }
  // Of a record of an earlier version, the one name that it has was made.
  const madeName = record.madeName || record.name;
  const renamed: SegmentRecord = { ...record, madeName, name: name === '' ? madeName : name };
  await writeWholeFile(path, `${text}${JSON.stringify(renamed)}\n`);
}
