import * as z from 'zod';
import { WATCHED_KINDS } from '../../../anomaly/alert.js';
import { duration, real, share, text, whole } from '../kinds.js';
import { notifySection } from './notify.js';

const silence = z
  .strictObject({
    threshold: real('-log10', { min: 0 })
      .default(5)
      .describe('-log10 of the chance of so long a silence, by those that the customer had.'),
    factor: real('times', { min: 1 })
      .default(2)
      .describe('Times the longest silence that is usual for the customer, at least.'),
  })
  .prefault({})
  .describe('When a customer has gone silent.');

const segmentChange = z
  .strictObject({
    persistence: whole('windows', { min: 1, max: 255 })
      .default(3)
      .describe('Windows in a row that must show the new segment.'),
    margin: share()
      .default(0.4)
      .describe('Margin that each of them must have: between two segments customers come and go.'),
  })
  .prefault({})
  .describe('When a customer has changed its segment for good.');

const segmentSize = z
  .strictObject({
    change: real('relative', { min: 0 })
      .default(0.5)
      .describe("Least change of a segment's size between two closings of windows, relative to its size before."),
    threshold: real('standard deviations', { min: 0 }).default(6).describe('Of what chance makes of it, at least.'),
  })
  .prefault({})
  .describe("When a segment's size has jumped.");

/** `alerts`: what is told at once. */
export const alertsSection = z
  .strictObject({
    kinds: z
      .array(z.enum(WATCHED_KINDS))
      .default([...WATCHED_KINDS])
      .describe('Kinds that are raised; `[]` turns alerts off, but for those of `rules`.'),
    rules: z
      .array(text())
      .exactOptional()
      .describe(
        'Rules of your own: names of `plugins` of kind alert-rule (docs/plugins.md). Their alerts are of kind `rule`.',
      ),
    threshold: real('-log10', { min: 0 })
      .default(4)
      .describe(
        'A window is anomalous from this score on: about -log10 of the share of usual windows that are as unlike their customer.',
      ),
    thresholdWhileNew: real('-log10', { min: 0 })
      .default(8)
      .describe('The same for customers with fewer than six windows with usage: of the share of all usual windows.'),
    cooldown: duration()
      .exactOptional()
      .describe(
        'Event time after an alert during which its customer raises no other of the kind; left out it is one window length.',
      ),
    silence,
    segmentChange,
    segmentSize,
    notify: notifySection.describe(
      'Who is told of alerts, beside the output: a webhook, Alertmanager, or both. `segtide notify` sends them, and `segtide run`.',
    ),
  })
  .prefault({});
