// The thread behind `trainInThread`.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { SegtideError } from '../../errors.js';
import type { TrainingThreadJob, TrainingThreadReport } from './train-in-thread.js';
import { trainVrae } from './train-vrae.js';
import { createTrainingNetwork } from './vrae-engine.js';
import { VRAE_MATRICES } from './vrae-weights.js';

async function runTraining(port: MessagePort, { job, tfjsSpecifier }: TrainingThreadJob): Promise<void> {
  const report = (what: TrainingThreadReport, transferred: readonly ArrayBuffer[] = []): void => {
    port.postMessage(what, [...transferred]);
  };
  try {
    const { settings, series } = job;
    const shape = { steps: series.steps, channels: series.channels, hidden: settings.hidden, latent: settings.latent };
    const network = await createTrainingNetwork(shape, settings, tfjsSpecifier);
    const fit = trainVrae(job, { network, onProgress: (progress) => report({ kind: 'progress', progress }) });
    network.dispose();
    const buffers = VRAE_MATRICES.map((name) => fit.weights[name].buffer as ArrayBuffer);
    report({ kind: 'fit', fit }, buffers);
  } catch (cause) {
    const code = cause instanceof SegtideError ? cause.code : 'encoder';
    report({ kind: 'failure', code, text: cause instanceof Error ? cause.message : String(cause) });
  }
}

if (parentPort !== null) await runTraining(parentPort, workerData as TrainingThreadJob);
