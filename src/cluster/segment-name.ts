import type { ChannelProfile } from './segment-profile.js';

/** What a name is made from. */
export interface NameGround {
  readonly channel: ChannelProfile;
  readonly size: number;
  readonly inactiveShare: number;
  /** As `segmentTiming` tells it. */
  readonly timing: readonly string[];
  /** Whether a trend may be named: a busy end of the only week of a window is no growth. */
  readonly namesTrend: boolean;
}

/** Share of members without usage from which a segment is inactive. */
const INACTIVE_SHARE = 0.5;
/** Trend from which a segment grows or fades. */
export const MARKED_TREND = 0.25;

const STEADY_VOLATILITY = 0.4;
const BURSTY_VOLATILITY = 1;
const HIGH = 1.5;
const LOW = 2 / 3;

/**
 * Names segments so that a reader can tell them apart: when they are used (`weekend`), where they go (`growing`,
 * `fading`), else how they behave (`steady`, `uneven`, `bursty`), and how much beside the others (`high`, `low`).
 * A name that would occur twice is numbered, by falling level.
 *
 * @returns one name for each, unique among them
 */
export function nameSegments(grounds: readonly NameGround[]): readonly string[] {
  const active = grounds.filter((ground) => !isInactive(ground) && ground.size > 0);
  const windows = active.reduce((sum, { size }) => sum + size, 0);
  const usual = active.reduce((sum, { channel, size }) => sum + channel.level * size, 0) / windows;
  const names = grounds.map((ground) => describe(ground, usual));

  const byLevel = grounds
    .map((_, j) => j)
    .sort((a, b) => grounds[b]!.channel.level - grounds[a]!.channel.level || a - b);
  const seen = new Map<string, number>();
  const unique = [...names];
  for (const j of byLevel) {
    const times = (seen.get(names[j]!) ?? 0) + 1;
    seen.set(names[j]!, times);
    if (times > 1) unique[j] = `${names[j]!} ${times}`;
  }
  return unique;
}

/** Whether a segment's members mostly have no usage at all. */
export function isInactive({
  channel,
  inactiveShare,
  size,
}: Pick<NameGround, 'channel' | 'inactiveShare' | 'size'>): boolean {
  return inactiveShare >= INACTIVE_SHARE || (size > 0 && channel.level === 0);
}

function describe(ground: NameGround, usual: number): string {
  const { channel, size, timing, namesTrend } = ground;
  if (size === 0) return 'empty';
  if (isInactive(ground)) return 'inactive';
  const words = [...timing];
  if (namesTrend && channel.trend >= MARKED_TREND) words.push('growing');
  else if (namesTrend && channel.trend <= -MARKED_TREND) words.push('fading');
  if (words.length === 0) words.push(behaviour(channel));
  const phrase = words.join(', ');
  if (usual > 0 && channel.level >= HIGH * usual) return `${phrase}, high`;
  if (usual > 0 && channel.level <= LOW * usual) return `${phrase}, low`;
  return phrase;
}

function behaviour({ volatility, zeroShare }: ChannelProfile): string {
  if (volatility >= BURSTY_VOLATILITY || zeroShare >= 0.5) return 'bursty';
  return volatility <= STEADY_VOLATILITY ? 'steady' : 'uneven';
}
