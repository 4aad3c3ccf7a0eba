import * as z from 'zod';
import { duration, durationText, instant, timeZone, whole } from '../kinds.js';

/** `window`: how a customer's events are cut by event time. */
export const windowSection = z
  .strictObject({
    step: z
      .union([z.enum(['hour', 'day', 'week', 'month']), duration({ min: 1000 })], {
        error: 'hour, day, week, month (calendar steps in `timeZone`) or a duration of at least 1s, such as 15m',
      })
      .prefault('hour')
      .meta({ unit: 'step' })
      .describe('Length of one step: a calendar unit in `timeZone`, or a fixed duration.'),
    steps: whole('steps', { min: 1, max: 65_535 }).default(24).describe('Steps in a window (T).'),
    hop: z
      .union([whole('steps', { min: 1, max: 65_535 }), durationText()], {
        error: 'a number of steps from 1 to 65535, or a duration that is a whole number of steps',
      })
      .exactOptional()
      .describe(
        'From one window to the next, in steps or as a duration: less than `steps` makes windows overlap, more leaves gaps; left out it is `steps`.',
      ),
    origin: instant()
      .exactOptional()
      .describe(
        'A time at which a window begins, local in `timeZone` where it has no offset; left out it is the epoch.',
      ),
    timeZone: timeZone().default('UTC').describe('Time zone of calendar steps and of `origin`.'),
    outOfOrderness: duration()
      .prefault('5m')
      .describe('How much later than its successors an event may come; delays every result by as much.'),
    allowedLateness: duration()
      .prefault('0s')
      .describe('How long after its result a window still takes events and is revised; costs memory for as long.'),
    minObserved: whole('steps', { max: 65_535 })
      .default(0)
      .describe('Windows with fewer observed steps are not emitted.'),
    customerTtl: duration({ min: 1 })
      .exactOptional()
      .describe('A customer silent for so long is forgotten; left out it is four windows.'),
    maxCustomers: whole('customers', { min: 1 })
      .default(1_000_000)
      .describe('Most customers kept at a time; the longest silent ones are evicted for new ones.'),
    maxAhead: duration({ min: 1 })
      .exactOptional()
      .describe(
        'Replay: events further beyond the watermark are quarantined until three customers agree; left out it is 30d, or three steps or twice `outOfOrderness` where that is longer.',
      ),
    maxFuture: duration().prefault('1h').describe('Live: events further beyond the clock are quarantined.'),
    deduplicate: z
      .boolean()
      .default(false)
      .describe(
        'Drops events whose id came before; needs `input.fields.eventId` and about 20 to 40 bytes an event in open windows.',
      ),
    emit: z
      .union([z.literal('onClose'), duration({ min: 1 })], { error: 'onClose, or a duration such as 15m' })
      .prefault('onClose')
      .meta({ unit: 'duration' })
      .describe(
        'When results come: as windows close, or besides that so often from open windows, marked as not final.',
      ),
    idleTimeout: duration({ min: 1 })
      .prefault('1m')
      .describe('Live: after so long without input the watermark follows the clock, so that windows close.'),
    atEnd: z
      .enum(['complete', 'partial'])
      .default('complete')
      .describe('Windows that reach beyond the last event: counted as incomplete, or emitted as not final.'),
  })
  .prefault({});
