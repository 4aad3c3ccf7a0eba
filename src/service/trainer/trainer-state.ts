import { SegtideError } from '../../errors.js';
import { frameSnapshot, unframeSnapshot } from '../../numeric/framed-snapshot.js';
import type { TrainerSnapshot } from '../../trainer/trainer-snapshot.js';

/** All that a trainer knows, and how far it has read. */
export interface TrainerState {
  /** Hash of the settings of window and series that shaped it. */
  readonly seriesHash: string;
  /** Offset of the next record, by topic. */
  readonly offsets: ReadonlyMap<string, bigint>;
  readonly trainer: TrainerSnapshot;
}

export function encodeTrainerState({ seriesHash, offsets, trainer }: TrainerState): Uint8Array {
  const positions = Object.fromEntries(Array.from(offsets, ([topic, offset]) => [topic, String(offset)]));
  return frameSnapshot(KIND, { seriesHash, offsets: positions, trainer } satisfies PackedState);
}

/** @throws SegtideError `state` when it is damaged, of another format or of other settings */
export function decodeTrainerState(bytes: Uint8Array, seriesHash: string): TrainerState {
  const state = unframeSnapshot(KIND, bytes) as PackedState;
  if (state.seriesHash !== seriesHash) {
    throw new SegtideError(
      'state',
      "the trainer's state was shaped by other settings of window and series, and so was its model; put them back, or begin anew with another consumer group and prefix",
    );
  }
  const offsets = Object.entries(state.offsets).map(([topic, offset]) => [topic, BigInt(offset)] as const);
  return { ...state, offsets: new Map(offsets) };
}

interface PackedState extends Omit<TrainerState, 'offsets'> {
  readonly offsets: Readonly<Record<string, string>>;
}

const KIND = { name: 'state of the trainer', format: 2 };
