import * as z from 'zod';
import { duration, real, share, text, whole } from '../kinds.js';

const retrain = z
  .strictObject({
    everyWindows: whole('windows', { min: 1 }).default(50_000).describe('Retrain after so many windows.'),
    everyWindowLengths: real('window lengths', { min: 0.01 })
      .default(4)
      .describe('Retrain after so much event time; whichever of the two comes first.'),
    cron: text()
      .exactOptional()
      .describe(
        'Retrain at these times as well, a cron expression of five fields such as `0 3 * * *`, in `window.timeZone`: by event time in a replay, by the wall clock when live.',
      ),
    minWindows: whole('windows', { min: 1 })
      .exactOptional()
      .describe(
        'New windows without which time alone (`everyWindowLengths`, `cron`) starts no training; left out it is `model.firstFit`.',
      ),
    minInterval: duration()
      .exactOptional()
      .describe('Least event time between two trainings, whatever asks for them; left out it is one window length.'),
    onDrift: z.boolean().default(true).describe('Retrain when drift calls for it.'),
    freshEvery: whole('trainings', { min: 1 })
      .default(5)
      .describe("Every so many trainings one begins from new weights and not from the champion's."),
    warmUpdates: whole('updates', { min: 1 })
      .exactOptional()
      .describe(
        "Most updates of a training that begins at pretrained weights or the champion's; left out it is half of `encoder.updates`.",
      ),
    maxDuration: duration({ min: 1000 })
      .prefault('1h')
      .describe('Wall clock that a training may take: one that hangs is ended then, and the model in force stays.'),
    swapAfterWindows: whole('windows')
      .default(0)
      .describe('Files: a new model takes effect exactly so many windows later; a multiple of 256.'),
  })
  .prefault({})
  .describe('When a challenger is trained.');

const gate = z
  .strictObject({
    minGain: real('relative', { min: 0 })
      .default(0.01)
      .describe(
        'Least rise of silhouette or agreement of neighbourhoods, or fall of the reconstruction error where segments rest on latents, that counts as a gain.',
      ),
    maxErrorRise: real('relative', { min: 0 })
      .default(0.05)
      .describe(
        'Most that the reconstruction error may rise where segments rest on latents; by views alone it is told and not judged.',
      ),
    maxSilhouetteFall: real('silhouette', { min: 0 }).default(0.05).describe('Most that the silhouette may fall.'),
    maxAgreementFall: share()
      .default(0.05)
      .describe('Most that the agreement of neighbourhoods, of views and embedding, may fall.'),
    minActiveUnits: whole('dimensions')
      .default(1)
      .describe('Latent dimensions that must carry information, where the embedding is made of them.'),
    maxChurn: share().default(0.5).describe('Largest part of windows whose segment may change by the swap alone.'),
    maxSizeShift: share().default(0.3).describe("Largest change of a segment's share."),
  })
  .prefault({})
  .describe('What a challenger must show, on held-out windows, before it replaces the champion.');

const align = z
  .strictObject({
    to: z
      .enum(['none', 'previous', 'first'])
      .default('none')
      .describe(
        'Whose space the vectors of a later model are mapped onto as well: the version before, or the first that was trained. Nothing is mapped onto a provisional model.',
      ),
    scale: z
      .boolean()
      .default(false)
      .describe('Also stretches or shrinks; else distances between mapped vectors stay as k-means sees them.'),
  })
  .prefault({})
  .describe('How the output `embeddings` stays comparable over models, by orthogonal Procrustes on the reservoir.');

/** `model`: first fit, retraining and promotion. */
export const modelSection = z
  .strictObject({
    initial: text()
      .exactOptional()
      .describe(
        'Model file, as `segtide train` writes it, that `segtide run` assigns windows by from the first on; its windows and series must be made like those here.',
      ),
    firstFit: whole('windows', { min: 1 })
      .exactOptional()
      .describe(
        'Windows collected before the first training; each that gives no model doubles them for the next. Left out it is 2000, or at least 320 in two whole waves of windows that end together; such a model is fitted anew as windows double.',
      ),
    reservoir: whole('windows', { min: 1 }).default(20_000).describe('Windows kept for training.'),
    reservoirFloor: share()
      .exactOptional()
      .describe(
        'Part of the reservoir that a segment is to have however rare it is, 0 for none; it comes to ten times its own share at most, and all floors together to a quarter. Left out it is 0.01, or that of 100 windows in a smaller reservoir.',
      ),
    history: real('window lengths', { min: 0.01 })
      .default(8)
      .describe('After so much event time a window is half as likely to be learnt from as a new one.'),
    heldOut: share().default(0.2).describe('Part of the reservoir kept back for the gate.'),
    keep: whole('models', { min: 1, max: 1000 })
      .default(5)
      .describe('Former models that are kept to go back to (`segtide models`), and as many refused ones.'),
    retrain,
    gate,
    align,
  })
  .prefault({});
