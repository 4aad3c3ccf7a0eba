import { type MessagePort, parentPort } from 'node:worker_threads';
import { SegtideError } from '../../errors.js';
import type { SeriesBatch } from '../../series/series-batch.js';
import type { Encoder } from '../encoder.js';
import { openEncoder } from '../open-encoder.js';
import { type EncodeOrder, type EncodeOutcome, toChunkColumns } from './encode-job.js';

// The body of an encoder thread: chunks in, embeddings out, in the order in which they come.

const encoders = new Map<number, Encoder>();

function listen(port: MessagePort): void {
  let last: Promise<void> = Promise.resolve();
  port.on('message', (order: EncodeOrder) => {
    last = last.then(() => obey(order, port));
  });
}

async function obey(order: EncodeOrder, port: MessagePort): Promise<void> {
  if (order.kind === 'open') {
    encoders.set(order.encoder, openEncoder(order.model, order.version, order.engine));
  } else if (order.kind === 'close') {
    encoders.get(order.encoder)?.dispose?.();
    encoders.delete(order.encoder);
  } else {
    port.postMessage(await encode(order));
  }
}

async function encode({ encoder, job, shape, buffer }: EncodeOrder & { kind: 'encode' }): Promise<EncodeOutcome> {
  try {
    const { steps, channels, rows } = shape;
    const columns = toChunkColumns(buffer, shape);
    // Of a batch an encoder reads its shape, values and mask alone.
    const series = { length: rows, steps, channels, values: columns.values, mask: columns.mask } as SeriesBatch;
    const { embeddings, latents, reconstructionErrors, landmarkDistances } = await encoders
      .get(encoder)!
      .encode(series);
    columns.embeddings.set(embeddings);
    if (latents !== undefined) columns.latents.set(latents.values);
    if (reconstructionErrors !== undefined) columns.reconstructionErrors.set(reconstructionErrors);
    if (landmarkDistances !== undefined) columns.landmarkDistances.set(landmarkDistances);
    return { job };
  } catch (error) {
    const code = error instanceof SegtideError ? error.code : 'encoder';
    return { job, failure: { code, text: error instanceof Error ? error.message : String(error) } };
  }
}

if (parentPort !== null) listen(parentPort);
