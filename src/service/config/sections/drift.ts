import * as z from 'zod';
import { duration, real, share, text, whole } from '../kinds.js';

const thresholds = z
  .strictObject({
    psi: positive('PSI')
      .default(0.2)
      .describe('Population stability index of segment shares, and of values over deciles.'),
    ks: positive('statistic')
      .default(0.15)
      .describe("Kolmogorov-Smirnov statistic of a channel's values, and of coordinates beyond what shares explain."),
    jensenShannon: positive('distance')
      .default(0.2)
      .describe('Jensen-Shannon distance of segment shares, and of values over deciles.'),
    wasserstein: positive('sd').default(0.3).describe("Wasserstein distance of a channel's values."),
    centroidShift: positive('spreads')
      .default(0.5)
      .describe('Shift of a centroid over the mean spread within segments.'),
    distance: positive('relative')
      .default(0.3)
      .describe('Rise of the mean distance to the nearest centroid within segments.'),
    mmd: positive('squared').default(0.03).describe('Maximum mean discrepancy of embeddings within segments.'),
    meanShift: positive('sd').default(0.3).describe("Shift of a coordinate's mean within segments."),
    change: positive('sd')
      .default(0.05)
      .describe('Change of a mean within segments from one wave of windows to others.'),
    moves: positive('share').default(0.1).describe('Rise of the share of customers who change segment.'),
    reconstructionError: positive('relative')
      .default(0.5)
      .describe('Rise of the mean reconstruction error within segments.'),
  })
  .prefault({})
  .describe('A value at or above its threshold is drift.');

const statistic = z.strictObject({
  plugin: text().describe('One of `plugins`, of kind drift-statistic; reports call the statistic by its name.'),
  layer: z
    .enum(['input', 'embedding', 'assignment', 'model'])
    .describe('Where it looks: what its drift asks for (`actions`), and what it is ranked with.'),
  threshold: positive('value').describe('A value at or above it is drift.'),
  parameters: z.record(z.string(), z.unknown()).exactOptional().describe('Keys of its own, handed to it as they are.'),
});

const actions = z
  .strictObject({
    input: action('none').describe('When the values of channels drift.'),
    embedding: action('refit').describe('When windows lie elsewhere within their segments.'),
    assignment: action('none').describe('When the shares of segments drift.'),
    model: action('retrain').describe('When the encoder describes windows worse than it did.'),
  })
  .prefault({})
  .describe('What drift asks for.');

/** `drift`: how change is watched. */
export const driftSection = z
  .strictObject({
    everyWindows: whole('windows', { min: 1 }).default(10_000).describe('Windows between two rounds of reports.'),
    every: duration({ min: 1 })
      .exactOptional()
      .describe('Event time between two rounds, whichever comes first; left out it is one step of the windows.'),
    minWindows: whole('windows', { min: 1 }).default(500).describe('Least windows of a round; fewer wait for more.'),
    referenceWindows: whole('windows', { min: 1 })
      .default(2000)
      .describe('Windows after a model took over that later ones are compared with.'),
    referenceSpan: duration()
      .prefault('0s')
      .describe(
        'Least event time that those span; whole weeks, where usage differs by weekday. A training takes nothing for new behaviour before it has windows of as much, or of a week at 0s.',
      ),
    thresholds,
    statistics: z
      .array(statistic)
      .exactOptional()
      .describe('Statistics of your own, asked in each round beside the others (docs/plugins.md).'),
    significance: share()
      .default(0.001)
      .describe('Share of chance among what is significant in a round, over all of its statistics.'),
    actions,
    cooldownWindows: whole('windows')
      .default(20_000)
      .describe('Windows after an action during which no other follows.'),
  })
  .prefault({});

function positive(unit: string) {
  return real(unit, { min: Number.MIN_VALUE });
}

function action(otherwise: 'none' | 'refit' | 'retrain') {
  return z.enum(['none', 'refit', 'retrain']).default(otherwise);
}
