import { easeOff, easeUp } from './ease-off.js';
import type { ChannelProfile } from './segment-profile.js';

/** What a name is made from. */
export interface NameGround {
  readonly channel: ChannelProfile;
  readonly size: number;
  readonly inactiveShare: number;
  /** Level of the segment over that of all windows. */
  readonly relativeLevel: number;
  /** As `segmentTiming` tells it. */
  readonly timing: readonly string[];
  /** Whether a trend may be named: a busy end of the only week of a window is no growth. */
  readonly namesTrend: boolean;
  /** What the segment was called before. @default it is new */
  readonly formerName?: string | undefined;
}

/** Share of members without usage from which a segment is inactive. */
const INACTIVE_SHARE = 0.5;
/** Level, relative to that of all, up to which stray usage counts for none. */
const STRAY_LEVEL = 0.02;
/** Trend from which a segment grows or fades. */
const MARKED_TREND = 0.25;

const STEADY_VOLATILITY = 0.4;
const BURSTY_VOLATILITY = 1;
const BURSTY_ZEROS = 0.5;
const HIGH = 1.5;
const LOW = 2 / 3;

/**
 * Names segments so that a reader can tell them apart: when they are used (`weekend`), where they go (`growing`,
 * `fading`), else how they behave (`steady`, `uneven`, `bursty`), and how much beside the others (`high`, `low`).
 * A name that would occur twice is numbered, by falling level.
 *
 * A segment keeps the words and the number of its former name while their ground lies near the border: names do not flip
 * from model to model while the segment is the same.
 *
 * @returns one name for each, unique among them
 */
export function nameSegments(grounds: readonly NameGround[]): readonly string[] {
  const active = grounds.filter((ground) => !isInactive(ground) && ground.size > 0);
  const windows = active.reduce((sum, { size }) => sum + size, 0);
  const usual = active.reduce((sum, { channel, size }) => sum + channel.level * size, 0) / windows;
  return numberNames(
    grounds,
    grounds.map((ground) => describe(ground, usual)),
  );
}

/**
 * Whether half of a segment's members have no usage at all, or all of them together next to none: a fiftieth of what is
 * usual.
 *
 * @param held whether it was so before
 */
export function isInactive({ channel, inactiveShare, size, relativeLevel }: ActivityGround, held = false): boolean {
  if (inactiveShare >= easeOff(INACTIVE_SHARE, held)) return true;
  // Losses count as usage.
  return size > 0 && (channel.level === 0 || Math.abs(relativeLevel) <= easeUp(STRAY_LEVEL, held));
}

/** What tells an inactive segment. */
export type ActivityGround = Pick<NameGround, 'channel' | 'inactiveShare' | 'size' | 'relativeLevel'>;

/** Words of a name, without its number. */
export function nameWords(name: string | undefined): readonly string[] {
  return name === undefined ? [] : withoutNumber(name).split(', ');
}

function describe(ground: NameGround, usual: number): string {
  const { channel, size, timing, namesTrend } = ground;
  const former = nameWords(ground.formerName);
  const held = (word: string): boolean => former.includes(word);
  if (size === 0) return 'empty';
  if (isInactive(ground, held('inactive'))) return 'inactive';
  const words = [...timing];
  if (namesTrend && channel.trend >= easeOff(MARKED_TREND, held('growing'))) words.push('growing');
  else if (namesTrend && -channel.trend >= easeOff(MARKED_TREND, held('fading'))) words.push('fading');
  if (words.length === 0) words.push(behaviour(channel, held));
  if (usual > 0 && channel.level >= easeOff(HIGH, held('high')) * usual) words.push('high');
  else if (usual > 0 && channel.level <= easeUp(LOW, held('low')) * usual) words.push('low');
  return words.join(', ');
}

function behaviour({ volatility, zeroShare }: ChannelProfile, held: (word: string) => boolean): string {
  const bursty = held('bursty');
  if (volatility >= easeOff(BURSTY_VOLATILITY, bursty) || zeroShare >= easeOff(BURSTY_ZEROS, bursty)) return 'bursty';
  return volatility <= easeUp(STEADY_VOLATILITY, held('steady')) ? 'steady' : 'uneven';
}

/** Numbers what would be called alike: segments keep their numbers, the others get free ones by falling level. */
function numberNames(grounds: readonly NameGround[], phrases: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  const names = phrases.map((phrase, j) => {
    const { formerName } = grounds[j]!;
    if (formerName === undefined || withoutNumber(formerName) !== phrase || taken.has(formerName)) return undefined;
    taken.add(formerName);
    return formerName;
  });
  const byLevel = grounds
    .map((_, j) => j)
    .filter((j) => names[j] === undefined)
    .sort((a, b) => grounds[b]!.channel.level - grounds[a]!.channel.level || a - b);
  for (const j of byLevel) {
    let name = phrases[j]!;
    for (let number = 2; taken.has(name); number++) name = `${phrases[j]!} ${number}`;
    taken.add(name);
    names[j] = name;
  }
  return names.map((name) => name!);
}

function withoutNumber(name: string): string {
  return name.replace(/ \d+$/, '');
}
