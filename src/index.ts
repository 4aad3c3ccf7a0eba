// biome-ignore-all assist/source/organizeImports: the exports stand in the order of the pipeline

/**
 * segtide as a library: continuous clustering of customer usage streams. `segment` is the whole as one RxJS operator;
 * every stage is here by itself, too, in the order in which data passes through them. docs/library.md tells how they
 * go together.
 *
 * @packageDocumentation
 */

// ingest: record → UsageBatch
export type { DeadLetter, DeadLetterReason } from './ingest/dead-letter.js';
export type { IngestOptions } from './ingest/ingest-options.js';
export { type IngestSettings, resolveIngest } from './ingest/ingest-settings.js';
export type { UsageBatch } from './ingest/usage-batch.js';
export {
  createUsageEventParser,
  toUsageBatch,
  type UsageEvent,
  type UsageEventOptions,
  type UsageEventParser,
} from './ingest/usage-event.js';

// window: UsageBatch → WindowBatch
export {
  type CustomerIds,
  type Fates,
  type LateEvent,
  MASK_ABSENT,
  MASK_MISSING,
  MASK_OBSERVED,
  MASK_ZERO,
  type WindowBatch,
} from './window/window-batch.js';
export { windowByEventTime } from './window/window-by-event-time.js';
export type { Aggregate, CalendarStep, ChannelOptions, Duration, WindowOptions } from './window/window-options.js';
export { resolveWindow, type WindowSettings } from './window/window-settings.js';
export type { WindowerCounters, WindowerSnapshot } from './window/windower-snapshot.js';
export { createWindower, type Windower } from './window/windower.js';

// series: WindowBatch → SeriesBatch
export { type FittedScale, fitScale } from './series/fitted-scale.js';
export type { SeriesBatch } from './series/series-batch.js';
export { resolveSeries, type SeriesOptions, type SeriesSettings } from './series/series-settings.js';
export { toSeries } from './series/to-series.js';

// encode: SeriesBatch → EmbeddingBatch
export type { EmbeddingBatch, Latents } from './encode/embedding-batch.js';
export { encodeWith } from './encode/encode-with.js';
export type { Encoder } from './encode/encoder.js';
export { type Catch22, type Catch22Options, createCatch22 } from './encode/features/catch22.js';
export {
  type CompactFeatures,
  type CompactFeaturesOptions,
  createCompactFeatures,
} from './encode/features/compact-features.js';
export {
  type TrainingSeries,
  type TrainVraeOptions,
  trainVrae,
  type VraeFit,
  type VraeJob,
  type VraeProgress,
} from './encode/vrae/train-vrae.js';
export { createVraeEncoder, type VraeEncoder } from './encode/vrae/vrae-encoder.js';
export { createInferenceNetwork, createTrainingNetwork } from './encode/vrae/vrae-engine.js';
export type { LatentTerm, VraeNetwork } from './encode/vrae/vrae-network.js';
export { resolveVrae, type VraeOptions, type VraeSettings } from './encode/vrae/vrae-options.js';
export { toVraeShape, type VraeShape } from './encode/vrae/vrae-shape.js';
export type { VraeWeights } from './encode/vrae/vrae-weights.js';

// plugin: what users write
export type {
  EncoderPlugin,
  FittedPlugin,
  OpenedPlugin,
  PluginSeries,
  PluginShape,
} from './plugin/encoder-plugin.js';
export type { AlertRulePlugin, JudgedWindows, RuleVerdict } from './plugin/alert-rule-plugin.js';
export type {
  ClustererContext,
  ClustererPlugin,
  ClustererPoints,
  FittedCentroids,
} from './plugin/clusterer-plugin.js';
export type {
  ComparedWindows,
  DriftStatisticContext,
  DriftStatisticPlugin,
  EmbeddingRows,
  MeasuredDrift,
  ValueHistogram,
} from './plugin/drift-statistic-plugin.js';
export type { OpenedSink, SinkPlugin, SinkRecord } from './plugin/sink-plugin.js';
export type { PluginModule } from './plugin/plugin-module.js';

// cluster: EmbeddingBatch → AssignmentBatch
export { adjustedRandIndex } from './cluster/adjusted-rand-index.js';
export { assignTo } from './cluster/assign-to.js';
export { assign } from './cluster/assign.js';
export type { AssignmentBatch } from './cluster/assignment-batch.js';
export type { ClusterModel, Statistics } from './cluster/cluster-model.js';
export { createClusterModel } from './cluster/create-cluster-model.js';
export { type SeededCentroids, type SeedOptions, seedCentroids } from './cluster/seed-centroids.js';
export { merge, statistics } from './cluster/statistics.js';
export { type UpdateOptions, update } from './cluster/update.js';

// drift: … → DriftReport
export { type Adwin, type AdwinOptions, type AdwinSnapshot, createAdwin } from './drift/adwin.js';
export type { DriftReport } from './drift/drift-report.js';
export type { DriftOptions, DriftStatisticOptions, DriftThresholds } from './drift/drift-settings.js';
export { jensenShannon } from './drift/jensen-shannon.js';
export { type KolmogorovSmirnov, kolmogorovSmirnov } from './drift/kolmogorov-smirnov.js';
export { createKswin, type Kswin, type KswinOptions, type KswinSnapshot } from './drift/kswin.js';
export { type Mmd, type MmdOptions, type MmdSample, mmd } from './drift/mmd.js';
export {
  createPageHinkley,
  type PageHinkley,
  type PageHinkleyOptions,
  type PageHinkleySnapshot,
} from './drift/page-hinkley.js';
export { psi } from './drift/psi.js';
export { wasserstein } from './drift/wasserstein.js';

// anomaly: … → Alert
export type { Alert, AlertExplanation, AlertKind, ExplainedPart, ExplainedSteps } from './anomaly/alert.js';
export type { AlertOptions } from './anomaly/alert-settings.js';
export { type AnomalyDetector, createAnomalyDetector } from './anomaly/anomaly-detector.js';
export type { AnomalyModel } from './anomaly/anomaly-model.js';
export { type FitAnomalyOptions, fitAnomalyModel } from './anomaly/fit-anomaly-model.js';

// publish: … → records
export { type AssignedWindows, type AssignmentRecord, toAssignmentRecords } from './publish/assignment-record.js';
export { type EmbeddingRecord, toEmbeddingRecords } from './publish/embedding-record.js';
export {
  ALERTS,
  ASSIGNMENTS,
  DEAD_LETTERS,
  DRIFT,
  EMBEDDINGS,
  LATE,
  MODEL_EVENTS,
  type Output,
  SEGMENTS,
  TRANSITIONS,
} from './publish/output.js';
export type { ModelEventRecord } from './publish/model-event.js';
export type { SegmentRecord } from './publish/segment-record.js';
export type { TransitionRecord } from './publish/transition-record.js';

// train: the life of a model
export { readModel, saveModel } from './model-file.js';
export { type OnnxFileManifest, saveOnnx } from './onnx-file.js';
export type { Alignment, AlignOptions } from './train/alignment.js';
export { decodeArtifact } from './train/encode-artifact.js';
export type { GateOptions } from './train/gate.js';
export { type AdoptedModel, adoptModel } from './train/adopt-model.js';
export { type LoadedModel, type OpenSettings, openModel } from './train/loaded-model.js';
export type { EncoderArtifact, ModelArtifact, TrainingRecord, ViewRecord } from './train/model-artifact.js';
export type { ModelEntry, ModelReign, ModelStatus } from './train/model-entry.js';
export type { ModelRegistry, RegistryChange } from './train/model-registry.js';
export type { ModelRequest } from './train/model-request.js';
export type { OnnxPort } from './train/onnx/onnx-graph.js';
export type { OnnxManifest } from './train/onnx/onnx-manifest.js';
export { type OnnxModel, type OnnxOptions, toOnnx } from './train/onnx/to-onnx.js';
export type { Training } from './train/start-training.js';
export type { TrainingJob, TrainingResult } from './train/training-job.js';
export type { TrainingProgress } from './train/training-progress.js';
export type { TrainingOutcome } from './train/training-outcome.js';

// transport: where records come from and go to
export type { Clock, Sink, Source, SourcePosition } from './ports.js';
export { createFileSource, type FileSource, type FileSourceOptions } from './transport/file/file-source.js';
export { createIngestParsers } from './transport/file/ingest-parsers.js';
export { createNdjsonSink, type NdjsonSink, type NdjsonSinkOptions } from './transport/file/ndjson-sink.js';
export { createParquetSink, type ParquetSink, type ParquetSinkOptions } from './transport/file/parquet-sink.js';
export { type AvroValuesOptions, createAvroValues } from './transport/kafka/avro-values.js';
export { type ContentValuesOptions, createContentValues } from './transport/kafka/content-values.js';
export { createJsonValues } from './transport/kafka/json-values.js';
export type { KafkaConnectionOptions } from './transport/kafka/kafka-connection.js';
export {
  createKafkaProducer,
  type KafkaProducerOptions,
  type RecordProducer,
} from './transport/kafka/kafka-producer.js';
export { createKafkaSink, type KafkaSinkOptions } from './transport/kafka/kafka-sink.js';
export type { KafkaSourceOptions } from './transport/kafka/kafka-source-options.js';
export { createKafkaSource, type KafkaSource, type KafkaSourceParts } from './transport/kafka/kafka-source.js';
export {
  findOutputSchemas,
  type OutputSchemasOptions,
  type RegisteredOutput,
  type SubjectNaming,
} from './transport/registry/output-schemas.js';
export { createRegistryClient, type RegistryClient } from './transport/registry/registry-client.js';
export type { RegistryOptions } from './transport/registry/registry-options.js';
export { createListSink, type ListSink } from './transport/memory/list-sink.js';
export { createScriptedSource } from './transport/memory/scripted-source.js';

// whole: all stages with their trainer
export { type ErrorCode, type ErrorContext, SegtideError } from './errors.js';
export type { Receiver, SegmentOptions, SegmentReceivers } from './segment-options.js';
export { segment } from './segment.js';
export {
  createSegmentation,
  type Segmentation,
  type SegmentationOptions,
  type SegmentationOutputs,
  type SegmentationSettings,
  type SegmentationSnapshot,
} from './segmentation.js';
export type {
  AlertWatchOptions,
  ClusterOptions,
  DriftWatchOptions,
  ModelOptions,
  ModelRetrainOptions,
  StageOptions,
} from './stage-options.js';
export { resolveSegmentation } from './stage-settings.js';
export type { EventBufferOptions } from './transport/memory/event-source.js';
