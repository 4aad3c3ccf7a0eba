import * as z from 'zod';
import { text } from './kinds.js';
import { alertsSection } from './sections/alerts.js';
import { clusterSection } from './sections/cluster.js';
import { deliverySection } from './sections/delivery.js';
import { driftSection } from './sections/drift.js';
import { encoderSection } from './sections/encoder.js';
import { httpSection } from './sections/http.js';
import { inputSection } from './sections/input.js';
import { modelSection } from './sections/model.js';
import { outputSection } from './sections/output.js';
import { pluginsSection } from './sections/plugins.js';
import { runSection } from './sections/run.js';
import { seriesSection } from './sections/series.js';
import { viewSection } from './sections/view.js';
import { windowSection } from './sections/window.js';

/**
 * The config file, whole and strict: unknown keys are errors. The type, the published JSON Schema and the reference
 * table are derived from it, so a key is described here and nowhere else. Sections come in the order of the pipeline.
 */
export const configSchema = z.strictObject({
  name: text().default('segtide').describe('What this run is called in summaries.'),
  input: inputSection.describe('Where usage events come from.'),
  window: windowSection.describe('How events are cut into windows.'),
  series: seriesSection.describe('How a window is made ready for the encoder.'),
  encoder: encoderSection.describe('What turns a series into a vector.'),
  cluster: clusterSection.describe('How vectors are grouped into segments.'),
  model: modelSection.describe('When models are trained and replaced.'),
  drift: driftSection.describe('How change is watched.'),
  alerts: alertsSection.describe('What is told at once.'),
  output: outputSection.describe('Where results go.'),
  delivery: deliverySection.describe('What is promised between Kafka and Kafka, and how often it is made durable.'),
  http: httpSection.describe('Where health and metrics are served.'),
  view: viewSection.describe('The page and the API over what a run writes.'),
  plugins: pluginsSection.describe("Modules of one's own, which other sections use by name (docs/plugins.md)."),
  run: runSection.describe('What concerns the program, not the results.'),
});

/** The config as checked, with every default filled in and durations in milliseconds. */
export type Config = z.output<typeof configSchema>;
