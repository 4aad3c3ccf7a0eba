import * as z from 'zod';
import { text } from './kinds.js';
import { clusterSection } from './sections/cluster.js';
import { driftSection } from './sections/drift.js';
import { encoderSection } from './sections/encoder.js';
import { inputSection } from './sections/input.js';
import { modelSection } from './sections/model.js';
import { outputSection } from './sections/output.js';
import { runSection } from './sections/run.js';
import { seriesSection } from './sections/series.js';
import { windowSection } from './sections/window.js';

/**
 * The config file, whole and strict: unknown keys are errors. The type, the published JSON Schema and the reference
 * table are derived from it, so a key is described here and nowhere else. Sections come in the order of the pipeline.
 */
export const configSchema = z
  .strictObject({
    name: text().default('segtide').describe('What this run is called in summaries.'),
    input: inputSection.describe('Where usage events come from.'),
    window: windowSection.describe('How events are cut into windows.'),
    series: seriesSection.describe('How a window is made ready for the encoder.'),
    encoder: encoderSection.describe('What turns a series into a vector.'),
    cluster: clusterSection.describe('How vectors are grouped into segments.'),
    model: modelSection.describe('When models are trained and replaced.'),
    drift: driftSection.describe('How change is watched.'),
    output: outputSection.describe('Where results go.'),
    run: runSection.describe('What concerns the program, not the results.'),
  })
  .superRefine(({ input, window, output, run }, context) => {
    const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (input.kind === 'kafka' && input.kafka === undefined) {
      refuse(['input', 'kafka'], 'given, with at least `brokers`, for `input.kind: kafka`');
    }
    if (input.kafka?.format === 'avro' && input.kafka.avroSchema === undefined) {
      refuse(['input', 'kafka', 'avroSchema'], 'the path of a schema for `input.kafka.format: avro`');
    }
    if (output.kind === 'kafka' && output.kafka === undefined && input.kafka === undefined) {
      refuse(
        ['output', 'kind'],
        'directory or stdout unless `output.kafka.brokers` or `input.kafka.brokers` names the brokers to write to',
      );
    }
    if (output.kind !== 'kafka' && output.format === 'avro') {
      refuse(['output', 'format'], 'json unless `output.kind` is kafka: files are NDJSON');
    }
    if (window.deduplicate && input.fields.eventId === undefined) {
      refuse(
        ['window', 'deduplicate'],
        'false unless `input.fields.eventId` says which field holds the id of an event',
      );
    }
    if (input.fields.timeZone !== undefined && window.timeZone !== 'UTC') {
      refuse(
        ['window', 'timeZone'],
        'UTC where `input.fields.timeZone` gives each record its zone: windows are then cut by local time already',
      );
    }
    if (run.resume && input.kind === 'file' && (output.kind === 'stdout' || output.path === undefined)) {
      refuse(['run', 'resume'], 'false unless `output.path` names the folder of the run to go on with');
    }
  });

/** The config as checked, with every default filled in and durations in milliseconds. */
export type Config = z.output<typeof configSchema>;
