import type { FittedScale } from '../../series/fitted-scale.js';
import type { SeriesSettings } from '../../series/series-settings.js';
import type { ModelArtifact } from '../model-artifact.js';
import { ONNX_OPSET } from './encode-onnx.js';
import type { OnnxGraph, OnnxPort } from './onnx-graph.js';

/** What a program needs to know of an exported model, in the file's metadata under `segtide`, as JSON. */
export interface OnnxManifest {
  readonly format: 'segtide-onnx';
  readonly formatVersion: 1;
  readonly modelVersion: string;
  readonly centroidEpoch: number;
  /** Event time of the fit, epoch ms. */
  readonly createdAt: number;
  /** Segment ids in the order of `distances` and of what `segment` counts. */
  readonly segments: readonly string[];
  /** How windows become series. */
  readonly series: SeriesSettings;
  /** Center and scale of each channel; null where each window is scaled by itself. */
  readonly scale: FittedScale | null;
  readonly opset: number;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

export function toOnnxManifest(model: ModelArtifact, { inputs, outputs }: OnnxGraph): OnnxManifest {
  const { modelVersion, createdAt, series, scale, clusterModel } = model;
  return {
    format: 'segtide-onnx',
    formatVersion: 1,
    modelVersion,
    centroidEpoch: clusterModel.centroidEpoch,
    createdAt,
    segments: clusterModel.segmentIds,
    series,
    scale,
    opset: ONNX_OPSET,
    inputs,
    outputs,
  };
}
