import type { DriftReport } from '../../drift/drift-report.js';
import type { ModelEventRecord } from '../../publish/model-event.js';
import type { SegmentRecord } from '../../publish/segment-record.js';
import type { TransitionRecord } from '../../publish/transition-record.js';
import { formatCount, formatDate, formatNumber, formatShare, wrap } from './format.js';

/** Records of a run, in the order in which they were written. */
export interface StoryRecords {
  readonly segments: readonly SegmentRecord[];
  readonly drift: readonly DriftReport[];
  readonly transitions: readonly TransitionRecord[];
  readonly modelEvents: readonly ModelEventRecord[];
}

/** A change that is known to be in the stream. */
export interface KnownChange {
  /** Event time, epoch ms. */
  readonly time: number;
  readonly text: string;
}

/** Flows from one segment to another that are told of a wave at most. */
const MOST_FLOWS = 2;
/** Change of a segment's share from which a new model tells it. */
const TOLD_CHANGE = 0.03;
const MOST_SEGMENTS = 12;
const FOLLOWED: Record<DriftReport['action'], string> = {
  none: 'nothing followed',
  refit: 'asks for a refit',
  retrain: 'asks for a retraining',
  suppressed: 'too soon after the last time',
};
const CAUSES = ['behaviour', 'model', 'both'] as const;

/**
 * Tells from the outputs alone what happened, in the order of event time: models and what became of segments, models that
 * were refused, drift, who moved and why; and of three customers what moved them.
 *
 * @param planted what is known of the stream beside the outputs, to hold them against. @default nothing
 */
export function renderStory(records: StoryRecords, width: number, planted: readonly KnownChange[] = []): string {
  const chapters = [
    ...planted.map(({ time, text }) => ({ time, rank: -1, text: `planted: ${text}` })),
    ...tellModels(records),
    ...tellRefusals(records),
    ...tellDrift(records),
    ...tellMoves(records),
  ];
  const lines = chapters
    .sort((a, b) => a.time - b.time || a.rank - b.rank)
    .map(({ time, text }) => wrap(`${formatDate(time)}  ${text}`, width, '  ', '              '));
  const customers = tellCustomers(records).map((text) => wrap(text, width, '  ', '    '));
  const parts = [['What happened', ...(lines.length > 0 ? lines : ['  no window has been assigned'])]];
  if (customers.length > 0) parts.push(['Who moved, for example', ...customers]);
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}

interface Chapter {
  readonly time: number;
  /** Of two at one time the lower comes first. */
  readonly rank: number;
  readonly text: string;
}

function tellModels({ segments }: StoryRecords): Chapter[] {
  const byModel = groupBy(segments, ({ modelVersion }) => modelVersion);
  return [...byModel].map(([modelVersion, records], index) => {
    const time = Math.max(...records.map(({ windowEnd }) => windowEnd));
    const told = records.map((record) => (index === 0 ? called(record) : tellSegment(record))).filter(Boolean);
    const shown = told.slice(0, MOST_SEGMENTS);
    const rest = records.length - shown.length;
    const others = index === 0 || told.length === 0 ? '' : rest > 0 ? `; ${rest} others as they were` : '';
    const because = records[0]!.reason === '' ? '' : ` (${records[0]!.reason})`;
    const verb = index === 0 ? 'gives the first segments' : 'takes over';
    return {
      time,
      rank: 1,
      text: `${modelVersion} ${verb}${because}: ${shown.join('; ') || 'no segment changes'}${others}`,
    };
  });
}

/** Models that did not come into force, and why; those that did are told with their segments. */
function tellRefusals({ modelEvents }: StoryRecords): Chapter[] {
  return modelEvents
    .filter(({ event }) => event === 'refused' || event === 'failed' || event === 'declined')
    .map(({ modelVersion, event, eventTime, previousVersion, reasons, why }) => {
      const because = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
      const stays = previousVersion === null ? '' : `; ${previousVersion} stays`;
      return { time: eventTime, rank: 1, text: `${modelVersion} ${event}${because}: ${why.join('; ')}${stays}` };
    });
}

/** What became of a segment, where it is worth telling. */
function tellSegment(record: SegmentRecord): string {
  const { lineage, from, into, history, share } = record;
  const parts = (shares: SegmentRecord['from']): string =>
    shares
      .slice(0, 3)
      .map((part) => `${formatShare(part.share)} ${part.segmentId}`)
      .join(', ');
  if (lineage === 'retired')
    return `${called(record)} retired${into.length > 0 ? `, its members went to ${parts(into)}` : ''}`;
  if (lineage !== 'same') return `${called(record)} ${lineage}${from.length > 0 ? `, of ${parts(from)}` : ''}`;
  const before = history.at(-2)?.share ?? share;
  if (Math.abs(share - before) < TOLD_CHANGE) return '';
  return `${called(record)} ${share > before ? 'grew' : 'shrank'} from ${formatShare(before)} to ${formatShare(share)}`;
}

/** A drift that goes on is told once, with how long it went on. */
function tellDrift({ drift }: StoryRecords): Chapter[] {
  const drifted = drift.filter((report) => report.drifted);
  const told = new Set<string>();
  const episodes: { readonly reports: readonly DriftReport[]; until: number }[] = [];
  for (const [currentEnd, reports] of groupBy(drifted, (report) => report.currentEnd)) {
    const news = reports.filter((report) => !told.has(toEpisodeKey(report)));
    for (const report of news) told.add(toEpisodeKey(report));
    const last = episodes.at(-1);
    if (news.length > 0 || last === undefined) episodes.push({ reports: news, until: currentEnd });
    else last.until = currentEnd;
  }
  return episodes.map(({ reports, until }) => {
    const [worst] = [...reports].sort((a, b) => b.value / b.threshold - a.value / a.threshold);
    const { layer, statistic, subject, value, threshold, since, currentEnd, action } = worst!;
    const began = since === null || since >= currentEnd ? '' : ` since ${formatDate(since)}`;
    const more = reports.length > 1 ? `, and ${reports.length - 1} more` : '';
    const figures = `${layer} ${statistic} of ${subject} ${formatNumber(value)} over ${formatNumber(threshold)}`;
    const lasts = until > currentEnd ? `; goes on to ${formatDate(until)}` : '';
    return { time: currentEnd, rank: 0, text: `drift${began}: ${figures}${more}; ${FOLLOWED[action]}${lasts}` };
  });
}

/** What drifts since the same time, under the same model, is the same drift. */
function toEpisodeKey({ layer, subject, statistic, since, modelVersion }: DriftReport): string {
  return [modelVersion, layer, subject, statistic, since].join('/');
}

function tellMoves({ segments, transitions }: StoryRecords): Chapter[] {
  const names = namesByModel(segments);
  return [...groupBy(transitions, ({ windowEnd }) => windowEnd)].map(([time, moves]) => {
    const causes = CAUSES.map((cause) => ({ cause, count: moves.filter((move) => move.cause === cause).length }))
      .filter(({ count }) => count > 0)
      .map(({ cause, count }) => `${formatCount(count)} by ${cause}`);
    const flows = [...groupBy(moves, (move) => flowOf(move, names))]
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, MOST_FLOWS)
      .map(([flow, of]) => `${formatCount(of.length)} ${flow}`);
    const total = `${formatCount(moves.length)} customer${moves.length === 1 ? '' : 's'} moved`;
    return { time, rank: 2, text: `${total}: ${causes.join(', ')}; most ${flows.join(', ')}` };
  });
}

/** One customer for each cause, whose segment is the plainest of those. */
function tellCustomers({ segments, transitions }: StoryRecords): string[] {
  const names = namesByModel(segments);
  return CAUSES.flatMap((cause) => {
    const plainest = transitions
      .filter((move) => move.cause === cause)
      .reduce<TransitionRecord | undefined>((a, b) => (a && clearness(a) >= clearness(b) ? a : b), undefined);
    if (plainest === undefined) return [];
    const { customerId, windowEnd, modelVersion, previousModelVersion } = plainest;
    const why = {
      behaviour: modelVersion === previousModelVersion ? 'under the same model' : `${previousModelVersion} says so too`,
      model: `${previousModelVersion} would have left it, so only the borders moved`,
      both: `${previousModelVersion} would have moved it elsewhere, or can't be asked`,
    };
    return [
      `${customerId}: ${flowOf(plainest, names)} by ${cause}, in the window to ${formatDate(windowEnd)}; ${why[cause]}`,
    ];
  });
}

function clearness({ margin, previousMargin }: TransitionRecord): number {
  return Math.min(margin ?? 0, previousMargin ?? 0);
}

/** A model gives its segments names by their looks, so that one id may have had several. */
function namesByModel(segments: readonly SegmentRecord[]): ReadonlyMap<string, string> {
  return new Map(segments.map(({ modelVersion, segmentId, name }) => [`${modelVersion}/${segmentId}`, name]));
}

/** From where to where, by the names of then; the id alone where no record tells. */
function flowOf(move: TransitionRecord, names: ReadonlyMap<string, string>): string {
  const named = (modelVersion: string, segmentId: string): string => {
    const name = names.get(`${modelVersion}/${segmentId}`);
    return name === undefined ? segmentId : `${segmentId} (${name})`;
  };
  return `${named(move.previousModelVersion, move.from)} → ${named(move.modelVersion, move.to)}`;
}

function called({ segmentId, name }: SegmentRecord): string {
  return `${segmentId} (${name})`;
}

function groupBy<T, K>(records: readonly T[], keyOf: (record: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return groups;
}
