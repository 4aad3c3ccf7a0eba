import { SegtideError } from '../../errors.js';
import type { PartitionFeed } from './partition-feed.js';

/**
 * Notices brokers that are silent and pipelines that hang. It counts its own ticks, not time: a process that was
 * suspended has missed nothing when it goes on.
 */
export interface ProgressWatch {
  /** Between two ticks. */
  readonly tickMs: number;
  /** A broker answered. */
  answered(): void;
  /** What is wrong by now, if anything. */
  tick(feeds: Iterable<PartitionFeed>): SegtideError | undefined;
}

export interface ProgressWatchSettings {
  readonly outageMs: number;
  readonly stallMs: number;
}

/** Who wants to know of silence before it has lasted too long. */
export interface SilenceListener {
  /** No broker has answered for so long. */
  readonly onAway?: (silentMs: number) => void;
  /** One does again. */
  readonly onBack?: (silentMs: number) => void;
}

export function createProgressWatch(
  { outageMs, stallMs }: ProgressWatchSettings,
  { onAway, onBack }: SilenceListener = {},
): ProgressWatch {
  const tickMs = Math.max(1, Math.min(1000, outageMs / 10, stallMs / 10));
  let silentMs = 0;
  const stalledMs = new WeakMap<PartitionFeed, number>();
  return {
    tickMs,
    answered() {
      if (silentMs >= AWAY_MS) onBack?.(silentMs);
      silentMs = 0;
    },
    tick(feeds) {
      const before = silentMs;
      silentMs += tickMs;
      if (before < AWAY_MS && silentMs >= AWAY_MS) onAway?.(silentMs);
      if (silentMs >= outageMs) return silence(outageMs);
      for (const feed of feeds) {
        const stands = feed.started && !feed.takeProgress() && feed.waiting.length > 0;
        const stalled = stands ? (stalledMs.get(feed) ?? 0) + tickMs : 0;
        stalledMs.set(feed, stalled);
        if (stalled >= stallMs) return stall(feed, stallMs);
      }
      return undefined;
    },
  };
}

/** Brokers hold no answer back for so long, but while the group waits for a member. */
const AWAY_MS = 10_000;

function silence(outageMs: number): SegtideError {
  return new SegtideError(
    'transport',
    `no broker has answered for ${outageMs} ms; see whether they run and can be reached, or raise \`outageMs\``,
    { retriable: true },
  );
}

function stall({ partition, waiting }: PartitionFeed, stallMs: number): SegtideError {
  return new SegtideError(
    'transport',
    `partition ${partition} of ${waiting.join(', ')} stalled: records wait, and none was taken for ${stallMs} ms; the pipeline hangs, or \`stallMs\` is too short for it`,
    { retriable: true, context: { partition } },
  );
}
