import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/service/run-summary.js';
import { createProgressDisplay, progressLine } from '../../../src/service/summary/progress-display.js';

const PROGRESS: Progress = {
  phase: 'training v2',
  done: 0.45,
  events: 100_000,
  windows: 1200,
  watermark: Date.UTC(2013, 4, 1),
  modelVersion: 'v1',
};

describe('progressLine', () => {
  it('tells phase, events, rate, windows, event time and model', () => {
    const line = 'training v2 45 %  100,000 events  50,000/s  1,200 windows  2013-05-01  model v1';
    expect(progressLine(PROGRESS, { events: 50_000 })).toBe(line);
  });

  it('tells how many of the events were late and how many dead-lettered', () => {
    const line = progressLine({ ...PROGRESS, late: 1000, deadLettered: 20 }, { events: 0 });
    expect(line).toContain('  100,000 events  0/s  1,000 late  20 dead-lettered  1,200 windows  ');
    expect(progressLine({ ...PROGRESS, late: 0, deadLettered: 0 }, {})).not.toMatch(/late|dead/);
  });

  it('leaves out what is not known yet', () => {
    const start = { phase: 'reading', events: 0, windows: 0, watermark: Number.NEGATIVE_INFINITY, modelVersion: null };
    expect(progressLine(start, {})).toBe('reading  0 events  0 windows  warming');
  });
});

describe('createProgressDisplay', () => {
  it('tells no events of a trainer, who reads none', () => {
    const { stream, display } = create({ isTTY: true, columns: 200 });
    const { events: _, ...trainer } = PROGRESS;
    display.show({ ...trainer, watermark: Number.NEGATIVE_INFINITY });
    expect(stream.text).toBe('\rtraining v2 45 %  1,200 windows  model v1\x1b[K');
  });

  it('rewrites one line on a terminal, at most ten times a second and never wider than it', () => {
    const { stream, display, pass } = create({ isTTY: true, columns: 20 });
    display.show(PROGRESS);
    pass(99);
    display.show(PROGRESS);
    expect(stream.text).toBe('\rtraining v2 45 %  1\x1b[K');
    pass(1);
    display.show(PROGRESS);
    expect(stream.text.match(/\r/g)).toHaveLength(2);
  });

  it('writes log lines above the line, and takes the line away at the end', () => {
    const { stream, display } = create({ isTTY: true, columns: 20 });
    display.show(PROGRESS);
    stream.text = '';
    display.above('a log line\n');
    expect(stream.text).toBe('\r\x1b[Ka log line\ntraining v2 45 %  1');
    stream.text = '';
    display.clear();
    expect(stream.text).toBe('\r\x1b[K');
  });

  it('writes a plain line every five seconds elsewhere', () => {
    const { stream, display, pass } = create({});
    display.show(PROGRESS);
    pass(4999);
    display.show(PROGRESS);
    expect(stream.text).toBe('');
    pass(1);
    display.show(PROGRESS);
    expect(stream.text).toBe(`${progressLine(PROGRESS, { events: 20_000 })}\n`);
    display.clear();
    expect(stream.text).not.toContain('\x1b');
  });

  it('tells of windows and their rate where no event was read since the last line', () => {
    const { stream, display, pass } = create({});
    const reading = { phase: 'reading', events: 100_000, watermark: Date.UTC(2013, 4, 1), modelVersion: 'v1' };
    const lines = [1200, 3200, 6200].map((windows) => ({ ...reading, windows }));
    for (const line of [...lines, { ...reading, events: 200_000, windows: 6300 }]) {
      pass(5000);
      display.show(line);
    }
    expect(stream.text.split('\n').slice(0, -1)).toEqual([
      'reading  100,000 events  20,000/s  1,200 windows  2013-05-01  model v1',
      'closing windows  100,000 events  3,200 windows  400/s  2013-05-01  model v1',
      'closing windows  100,000 events  6,200 windows  500/s  2013-05-01  model v1',
      'reading  200,000 events  10,000/s  6,300 windows  2013-05-01  model v1',
    ]);
  });

  it('tells the rate of the last ten seconds, and none for another count', () => {
    const { stream, display, pass } = create({});
    for (const events of [50_000, 100_000, 100_000, 0, 100_000, 101_000]) {
      pass(5000);
      display.show({ ...PROGRESS, events });
    }
    const rates = stream.text.match(/(?<=events {2})\S+/g);
    expect(rates).toEqual(['10,000/s', '10,000/s', '5,000/s', '1,200', '0/s', '67/s']);
  });

  it('shows nothing when it shall be quiet, but lets log lines through', () => {
    const { stream, display, pass } = create({ isTTY: true }, true);
    pass(60_000);
    display.show(PROGRESS);
    display.above('warning\n');
    display.clear();
    expect(stream.text).toBe('warning\n');
  });
});

function create(terminal: { isTTY?: boolean; columns?: number }, quiet = false) {
  let time = 0;
  const stream = { ...terminal, text: '', write: (text: string) => (stream.text += text) };
  const display = createProgressDisplay(stream, { quiet, now: () => time });
  return { stream, display, pass: (ms: number) => (time += ms) };
}
