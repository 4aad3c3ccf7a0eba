import type { ClusterModel } from '../cluster/cluster-model.js';
import { ALL } from './drift-measure.js';
import { STEP_GROUPS } from './drift-observation.js';

/** A quarter of a channel's steps as a subject: the first is `minutes:q1`. */
export function quarterName(channel: string, quarter: number): string {
  return `${channel}:q${quarter + 1}`;
}

/** Coordinate of an embedding as a subject; the first is `dim1`. */
export function dimensionName(dimension: number): string {
  return `dim${dimension + 1}`;
}

/** All that drift may be told of: a closed set, for records and metrics name it. */
export function subjectsOf(
  channels: readonly string[],
  { segmentIds, size }: Pick<ClusterModel, 'segmentIds' | 'size'>,
): ReadonlySet<string> {
  return new Set([
    ALL,
    ...channels.flatMap((channel) => [
      channel,
      ...Array.from({ length: STEP_GROUPS }, (_, quarter) => quarterName(channel, quarter)),
    ]),
    ...Array.from({ length: size }, (_, dimension) => dimensionName(dimension)),
    ...segmentIds,
  ]);
}
