import type { AnomalyLabel } from './planted-anomaly.js';
import type { SegmentLabel } from './segment-label.js';

/** Labels as NDJSON, whole lines in chunks of some 64 KiB. */
export function* encodeLabels(labels: Iterable<SegmentLabel | AnomalyLabel>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  for (const label of labels) {
    text += `${JSON.stringify(label)}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
}

const CHUNK_CHARACTERS = 1 << 16;
