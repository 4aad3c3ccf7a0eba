import type { Sink } from '../../ports.js';
import {
  ALERTS,
  DEAD_LETTERS,
  DRIFT,
  EMBEDDINGS,
  LATE,
  MODEL_EVENTS,
  type Output,
  SEGMENTS,
  TRANSITIONS,
} from '../../publish/output.js';
import type { SegmentationOutputs } from '../../segmentation.js';

/**
 * Opens a sink for each output of a segmentation but the assignments, which leave as columns.
 *
 * @param names of the outputs that are asked for; only `embeddings` and `alerts` can be left out
 */
export async function openSinks(
  names: readonly string[],
  open: <T>(output: Output<T>) => Sink<T> | Promise<Sink<T>>,
): Promise<Omit<SegmentationOutputs, 'assignments'>> {
  return {
    transitions: await open(TRANSITIONS),
    ...(names.includes(EMBEDDINGS.name) && { embeddings: await open(EMBEDDINGS) }),
    ...(names.includes(ALERTS.name) && { alerts: await open(ALERTS) }),
    segments: await open(SEGMENTS),
    drift: await open(DRIFT),
    modelEvents: await open(MODEL_EVENTS),
    late: await open(LATE),
    deadLetters: await open(DEAD_LETTERS),
  };
}
