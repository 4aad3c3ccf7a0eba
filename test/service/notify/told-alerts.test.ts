import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/anomaly/alert.js';
import { createToldAlerts, type LeftOut, type ToldAlertsOptions } from '../../../src/service/notify/told-alerts.js';
import { NOW, raised } from './raised-alert.js';

const HOUR = 3_600_000;

/** Tells a receiver that takes everything; answers what it was sent and what was left out. */
function createTelling(options: Partial<ToldAlertsOptions> = {}) {
  const told = createToldAlerts({ minSeverity: 'low', maxAgeMs: 24 * HOUR, resolveAfterMs: HOUR, ...options });
  return (alerts: readonly Alert[], now = NOW) => {
    const leftOut: LeftOut[] = [];
    const selected = told.select(
      alerts.map((alert, i) => ({ alert, position: String(i) })),
      now,
      (why) => leftOut.push(why),
    );
    for (const { sent } of selected) told.told(sent);
    return { sent: selected.map(({ sent }) => sent), leftOut };
  };
}

describe('what a receiver is told next', () => {
  it('is an alert from when it was made until an hour from now', () => {
    const { sent } = createTelling()([raised('a')]);
    expect(sent).toMatchObject([{ startsAt: NOW - HOUR, endsAt: NOW + HOUR, state: 'firing', before: undefined }]);
  });

  it('is nothing of an alert in the state that it was told of', () => {
    const tell = createTelling();
    tell([raised('a')]);
    expect(tell([raised('a')])).toEqual({ sent: [], leftOut: ['duplicate'] });
  });

  it('is the end of an alert that was withdrawn, from when it was first told', () => {
    const tell = createTelling();
    tell([raised('a', { status: 'provisional' })]);
    const { sent } = tell([raised('a', { status: 'withdrawn', emittedAt: NOW - 60_000 })]);
    expect(sent).toMatchObject([{ startsAt: NOW - HOUR, endsAt: NOW - 60_000, state: 'resolved' }]);
  });

  it('is an end that is no earlier than the beginning, and not in the future', () => {
    const { sent } = createTelling()([raised('a', { status: 'withdrawn', emittedAt: NOW + 5 * HOUR })]);
    expect(sent).toMatchObject([{ startsAt: NOW, endsAt: NOW }]);
  });

  it('is the last record of an alert that came twice', () => {
    const { sent, leftOut } = createTelling()([raised('a', { status: 'provisional' }), raised('b'), raised('a')]);
    expect(sent.map(({ alert }) => [alert.customerId, alert.status])).toEqual([
      ['b', 'confirmed'],
      ['a', 'confirmed'],
    ]);
    expect(leftOut).toEqual(['superseded']);
  });

  it('is nothing of an alert that came and went before it was told', () => {
    const tell = createTelling();
    const { sent, leftOut } = tell([raised('a', { status: 'provisional' }), raised('a', { status: 'withdrawn' })]);
    expect({ sent, leftOut }).toEqual({ sent: [], leftOut: ['superseded', 'superseded'] });
  });

  it('is the end of an alert that was told by another process, which nobody here remembers', () => {
    expect(createTelling()([raised('a', { status: 'withdrawn' })]).sent).toMatchObject([{ state: 'resolved' }]);
  });

  it('is nothing of what is older than it may be', () => {
    const tell = createTelling({ maxAgeMs: HOUR });
    expect(tell([raised('a'), raised('b', { emittedAt: NOW - HOUR - 1 })]).leftOut).toEqual(['stale']);
  });

  it('is nothing of what is too mild, and the end of what has become so', () => {
    const tell = createTelling({ minSeverity: 'medium' });
    expect(tell([raised('a', { severity: 'low' })]).leftOut).toEqual(['below_severity']);
    tell([raised('b', { status: 'provisional' })]);
    const { sent } = tell([raised('b', { severity: 'low' })]);
    expect(sent).toMatchObject([{ state: 'resolved', before: { severity: 'medium' } }]);
  });

  it('is remembered of the last ones alone', () => {
    const tell = createTelling({ capacity: 2 });
    tell([raised('a'), raised('b'), raised('c')]);
    expect(tell([raised('c'), raised('b')]).sent).toEqual([]);
    expect(tell([raised('a')]).sent).toHaveLength(1);
  });
});
