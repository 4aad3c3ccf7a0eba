import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenForStop, type StopSignals } from '../../../src/service/cli/stop-signals.js';

let now: number;
let shown: string[];
let stop: StopSignals;
const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
  shown.push(`exit ${code}`);
  return undefined as never;
});
beforeEach(() => {
  now = 5000;
  shown = [];
  const display = { above: (text: string) => shown.push(text), clear: () => shown.push('cleared') };
  stop = listenForStop(display, () => now, 'stopping in order');
});
afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
  exit.mockClear();
});

describe('listenForStop', () => {
  it('stops in order at the first signal', () => {
    process.emit('SIGTERM');
    expect(stop.signal.aborted).toBe(true);
    expect(stop.exitCode).toBe(143);
    expect(shown).toEqual(['stopping in order\n']);
  });

  it('takes a second signal within a second for an echo of the first', () => {
    process.emit('SIGINT');
    now += 999;
    process.emit('SIGINT');
    expect(exit).not.toHaveBeenCalled();
  });

  it('takes an echo for one also while the process ends, and listens no more where nothing was asked for', () => {
    process.emit('SIGINT');
    stop.close();
    expect(process.listenerCount('SIGINT')).toBe(1);
    process.removeAllListeners('SIGINT');
    listenForStop({ above: () => undefined, clear: () => undefined }, () => now, undefined).close();
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('exits at a second signal after that, and takes the progress line away before', () => {
    process.emit('SIGINT');
    now += 1000;
    process.emit('SIGTERM');
    expect(shown.slice(1, 3)).toEqual(['cleared', 'exit 143']);
  });
});
