import type { KafkaMessage } from 'kafkajs';
import { type AssignmentRecord, toAssignmentRecords } from '../../../src/publish/assignment-record.js';
import type { Config } from '../../../src/service/config/schema.js';
import { resolveRun } from '../../../src/service/run/run-settings.js';
import { decodeArtifact } from '../../../src/train/encode-artifact.js';
import { createModelAssembler } from '../../../src/train/model-assembler.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { selectWindows } from '../../../src/train/window-rows.js';
import { toFetchedRecords } from '../../../src/transport/kafka/fetched-records.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import type { WindowBatch } from '../../../src/window/window-batch.js';
import { createWindower } from '../../../src/window/windower.js';
import { createScorer } from '../../../src/worker/scorer.js';
import type { UsageRecord } from '../kafka/simulated-usage.js';
import type { Deviations } from './compare-outputs.js';

/** Of a model, or of centroids that followed it; as assignments name them. */
type Versions = string;

/**
 * Compares assignments that were made with several models: each window that closed must be there once, and be what the
 * model and the centroids that it names make of it.
 *
 * @param due keys of the windows that closed, `customer/start/revision`
 * @param found all committed assignments
 * @param models all records of the topic of models, as they were published
 */
export async function compareRetrained(
  config: Config,
  records: readonly UsageRecord[],
  due: readonly string[],
  found: readonly AssignmentRecord[],
  models: readonly Pick<KafkaMessage, 'key' | 'value'>[],
): Promise<Deviations> {
  const settings = resolveRun(config);
  const { series, seriesHash, encoder } = settings.segmentation.trainer.model;
  const pages = [...toWindows(config, records)];
  const byKey = new Map<string, AssignmentRecord[]>();
  for (const record of found) byKey.set(keyOf(record), [...(byKey.get(keyOf(record)) ?? []), record]);
  const wanted = new Map<Versions, Set<string>>();
  for (const record of found) {
    const versions = versionsOf(record);
    wanted.set(versions, (wanted.get(versions) ?? new Set()).add(keyOf(record)));
  }
  const known = new Map([[NO_MODEL, [] as readonly ModelRecord[]], ...publishedModels(models)]);
  let different = 0;
  const examples: string[] = [];
  const note = (example: string): void => {
    if (examples.length < 10) examples.push(example);
  };
  for (const [versions, keys] of wanted) {
    const inForce = known.get(versions);
    if (inForce === undefined) {
      different += keys.size;
      note(`different: ${keys.size} windows name ${versions}, which was never published`);
      continue;
    }
    const scorer = createScorer(series, seriesHash, inForce, encoder.engine);
    for (const page of pages) {
      const rows = Array.from({ length: page.length }, (_, row) => row).filter((row) => keys.has(keyOfRow(page, row)));
      if (rows.length === 0) continue;
      const windows = selectWindows(page, Uint32Array.from(rows));
      const scored = await scorer.score(windows);
      for (const made of toAssignmentRecords({ ...scored, previousSegmentIds: undefined }, 'windowEnd')) {
        for (const record of byKey.get(keyOf(made))!) {
          const [theirs, ours] = [JSON.stringify(ownOf(record)), JSON.stringify(ownOf(made))];
          keys.delete(keyOf(made));
          if (versionsOf(record) !== versions || theirs === ours) continue;
          different++;
          note(`different: ${theirs} instead of ${ours}`);
        }
      }
    }
    different += keys.size;
    for (const key of keys) note(`different: ${key} is no window of the input`);
  }
  const lost = due.filter((key) => !byKey.has(key));
  const unexpected = new Set(byKey.keys());
  for (const key of due) unexpected.delete(key);
  for (const key of [...lost.map((name) => `lost: ${name}`), ...unexpected].slice(0, 5)) note(key);
  const repeated = [...byKey.values()].reduce((sum, { length }) => sum + length - 1, 0);
  return { expected: due.length, lost: lost.length, repeated, different: different + unexpected.size, examples };
}

/** All windows of the input, each with all of its events. */
function* toWindows(config: Config, records: readonly UsageRecord[]): Iterable<WindowBatch> {
  const { stages, segmentation } = resolveRun(config);
  const values = createJsonValues(stages.ingest);
  const windower = createWindower(segmentation.window);
  const messages = records.map((record, i) => ({ ...record, offset: String(i) })) as unknown as KafkaMessage[];
  const kept = (page: WindowBatch): WindowBatch =>
    selectWindows(
      page,
      Uint32Array.from({ length: page.length }, (_, row) => row),
    );
  for (let at = 0; at < messages.length; at += 1000) {
    const { batch } = values.parse(toFetchedRecords(messages.slice(at, at + 1000)), 'usage/0');
    for (const page of windower.push(batch)) yield kept(page);
  }
  for (const page of windower.finish()) yield kept(page);
}

/** What a worker has in force, for all that it can ever name. */
function publishedModels(
  records: readonly Pick<KafkaMessage, 'key' | 'value'>[],
): Map<Versions, readonly ModelRecord[]> {
  const assembler = createModelAssembler();
  const published = new Map<Versions, readonly ModelRecord[]>();
  for (const { key, value } of records) {
    const [problem] = assembler.take([{ key: String(key), value }]);
    if (problem !== undefined) throw new Error(`a published model can't be used: ${problem.why}`);
    const last = assembler.models.findLastIndex(({ kind }) => kind === 'model');
    const model = assembler.models[last];
    if (model?.kind !== 'model') continue;
    const centroids = assembler.models[last + 1];
    const inForce = centroids === undefined ? [model] : [model, centroids];
    published.set(versionsOfModel(inForce), inForce);
  }
  return published;
}

const NO_MODEL = 'no model';

function versionsOf({ modelVersion, centroidEpoch }: AssignmentRecord): Versions {
  return modelVersion === null ? NO_MODEL : `${modelVersion} of epoch ${centroidEpoch}`;
}

function versionsOfModel(inForce: readonly ModelRecord[]): Versions {
  const last = inForce.at(-1)!;
  const { modelVersion, centroidEpoch } =
    last.kind === 'centroids' ? last.cluster : decodeArtifact(last.artifact).clusterModel;
  return `${modelVersion} of epoch ${centroidEpoch}`;
}

function keyOf({ customerId, windowStart, revision }: AssignmentRecord): string {
  return `${customerId}/${windowStart}/${revision}`;
}

function keyOfRow({ ids, customers, starts, revisions }: WindowBatch, row: number): string {
  return `${ids.text(customers[row]!)}/${starts[row]}/${revisions[row]}`;
}

/** What the window and the model alone say. */
function ownOf({ emittedAt: _, previousSegmentId: __, ...own }: AssignmentRecord): Partial<AssignmentRecord> {
  return own;
}
