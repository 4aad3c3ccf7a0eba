import { join } from 'node:path';
import { toOutputError } from './file-error.js';
import { makeFolder } from './make-folder.js';
import type { NdjsonRecord } from './ndjson-line.js';
import { createNdjsonSink, type NdjsonSink, type NdjsonSinkOptions } from './ndjson-sink.js';

/**
 * Opens `<folder>/<name>.ndjson` for each output; the folder is made where it is missing.
 *
 * @throws SegtideError 'output' that names the path; nothing stays open then
 * @example
 * const sinks = await createDirectorySinks('out', ['assignments', 'drift']);
 * await sinks.assignments.write([{ customerId: 'N12345', segmentId: 3 }]);
 */
export async function createDirectorySinks<Name extends string>(
  folder: string,
  names: readonly Name[],
  options: NdjsonSinkOptions = {},
): Promise<Readonly<Record<Name, NdjsonSink<NdjsonRecord>>>> {
  const sinks: Partial<Record<Name, NdjsonSink<NdjsonRecord>>> = {};
  try {
    await makeFolder(folder);
    for (const name of names) sinks[name] = await createNdjsonSink(join(folder, `${name}.ndjson`), options);
  } catch (cause) {
    await Promise.all(
      Object.values<NdjsonSink<NdjsonRecord>>(sinks as Record<Name, NdjsonSink<NdjsonRecord>>).map((sink) =>
        sink.close(),
      ),
    );
    throw toOutputError(cause, folder);
  }
  return sinks as Record<Name, NdjsonSink<NdjsonRecord>>;
}
