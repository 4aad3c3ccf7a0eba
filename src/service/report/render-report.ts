import type { ChartOption } from '../../charts/render-chart.js';
import { formatCount, formatCounted, formatDate } from '../summary/format.js';
import { KINDS } from './charts/alert-chart.js';
import { mapChart } from './charts/map-chart.js';
import { CAUSES } from './charts/move-charts.js';
import type { ReportChart } from './charts/report-chart.js';
import { asHtml, type Html, html, plain } from './html.js';
import { renderPage } from './render-page.js';
import { colourStyle, segmentVariable, withColours } from './report-colours.js';
import type { ReportFacts } from './report-facts.js';
import { REPORT_STYLE } from './report-style.js';
import { alertSection } from './sections/alert-section.js';
import { driftSection } from './sections/drift-section.js';
import { modelSection } from './sections/model-section.js';
import { moveSection } from './sections/move-section.js';
import { qualitySection } from './sections/quality-section.js';
import { runSection } from './sections/run-section.js';
import type { Section, SectionParts } from './sections/section-parts.js';
import { mapSection, segmentSection } from './sections/segment-section.js';

/** Draws a chart at a size in pixels. */
export type DrawChart = (option: ChartOption, width: number, height: number, label: string) => string;

/** A report, ready to be written. */
export interface RenderedReport {
  /** One page that needs nothing beside it. */
  readonly page: string;
  /** Each of its charts by itself, by name, as SVG on white. */
  readonly plots: ReadonlyMap<string, string>;
}

/** Widths that charts are drawn at: a page on a desk, on a phone, and a card. */
const WIDE = 1040;
const NARROW = 340;
const CARD = 300;

/** Lays a report out. The page runs no script and loads nothing: its policy allows its own style alone. */
export function renderReport(facts: ReportFacts, draw: DrawChart): RenderedReport {
  const segmentIds = idsOf(facts);
  const plots = new Map<string, string>();
  const drawAt = ({ name, label, height, option }: ReportChart, width: number, keep: boolean): Html => {
    const svg = draw(option(width), width, height(width), label);
    if (keep) plots.set(name, withColours(svg, segmentIds));
    return asHtml(svg);
  };
  const names = new Map(facts.segments.segments.map(({ segmentId, name }) => [segmentId, name]));
  const parts: SectionParts = {
    wide: (chart) =>
      html`<div class="wide">${drawAt(chart, WIDE, true)}</div><div class="narrow">${drawAt(chart, NARROW, false)}</div>`,
    small: (chart) => drawAt(chart, CARD, true),
    nameOf: (segmentId) => names.get(segmentId) ?? segmentId,
    classOf: (segmentId) => `segment-${segmentIds.indexOf(segmentId ?? '')}`,
  };
  const style = `${colourStyle(segmentIds)}${tagStyle(segmentIds)}${REPORT_STYLE}`;
  const sections = toSections(facts, parts);
  return { page: toPage(facts, sections, style).html, plots };
}

function toSections(facts: ReportFacts, parts: SectionParts): readonly Section[] {
  const map = mapChart(facts.map);
  return [
    segmentSection(facts, parts),
    ...(map === undefined ? [] : [mapSection(facts, parts, parts.wide(map))]),
    moveSection(facts, parts),
    driftSection(facts, parts),
    alertSection(facts, parts),
    qualitySection(facts, parts),
    modelSection(facts),
    runSection(facts),
  ];
}

function toPage(facts: ReportFacts, sections: readonly Section[], style: string): Html {
  const name = plain(facts.name);
  return renderPage({
    title: `${name} – segtide report`,
    heading: html`<h1>${name}</h1><p class="quiet">${periodOf(facts)}</p><p class="lead">${leadOf(facts)}</p>
${tiles(facts)}`,
    sections,
    style,
    footer: html`Written ${new Date(facts.writtenAt).toISOString().slice(0, 16).replace('T', ' ')} UTC by segtide ${facts.version}. Times are UTC.`,
  });
}

function periodOf({ run, segments, source }: ReportFacts): string {
  const ends = segments.windowEnds;
  const [first, last] = run?.eventTimes ?? [ends[0] ?? Number.NaN, ends.at(-1) ?? Number.NaN];
  const period = Number.isFinite(first) ? `${formatDate(first)} to ${formatDate(last)} · ` : '';
  return `${period}segments of customer usage · ${plain(source, 200)}`;
}

/** What matters, in two sentences. */
function leadOf({ customers, segments: { segments, former }, flows, alertCounts, drift }: ReportFacts): string {
  const living = segments.filter(({ lineage }) => lineage !== 'retired');
  const [largest] = living;
  if (largest === undefined) return 'There are no segments yet: no model was trained.';
  const moves = flows.flows.reduce((sum, flow) => sum + flow.customers, 0);
  const byBehaviour = flows.flows.reduce((sum, flow) => sum + flow.byBehaviour, 0);
  const alerts = alertCounts.reduce((sum, count) => sum + count.alerts, 0);
  const drifted = drift.reports.filter((report) => report.drifted).length;
  const left = former.reduce((sum, one) => sum + one.customers, 0);
  const before = left === 0 ? '' : `, but for ${formatCount(left)} whose latest window lies in segments of before`;
  return `${formatCounted(customers, 'customer')} ${customers === 1 ? 'falls' : 'fall'} into ${formatCounted(living.length, 'segment')}${before}; the largest, ${plain(largest.segmentId, 24)} (${plain(largest.name)}), holds ${Math.round(largest.share * 100)} %. They moved between segments ${formatCounted(moves, 'time')}, ${formatCount(byBehaviour)} of them by a change of behaviour; ${formatCounted(alerts, 'alert')} ${alerts === 1 ? 'stands' : 'stand'}, and ${formatCounted(drifted, 'statistic')} ${drifted === 1 ? 'is' : 'are'} beyond ${drifted === 1 ? 'its threshold' : 'their thresholds'} at the end.`;
}

function tiles({ customers, segments, flows, alertCounts, drift, run }: ReportFacts): Html {
  const living = segments.segments.filter(({ lineage }) => lineage !== 'retired').length;
  const facts: (readonly [string, number])[] = [
    ...(run === undefined ? [] : ([['events', run.events.in]] as const)),
    ['customers', customers],
    ['segments', living],
    ['moves', flows.flows.reduce((sum, flow) => sum + flow.customers, 0)],
    ['alerts', alertCounts.reduce((sum, count) => sum + count.alerts, 0)],
    ['drifting statistics', drift.reports.filter(({ drifted }) => drifted).length],
  ];
  return html`<ul class="tiles">${facts.map(([what, count]) => html`<li><b>${formatCount(count)}</b><span>${count === 1 ? what.replace(/s$/, '') : what}</span></li>`)}</ul>`;
}

/** All segments that are told of anywhere. */
function idsOf({ segments, flows, map, windows }: ReportFacts): readonly string[] {
  const ids = [
    ...segments.segments.map(({ segmentId }) => segmentId),
    ...segments.former.map(({ segmentId }) => segmentId),
    ...flows.flows.flatMap(({ from, to }) => [from, to]),
    ...map.segments.filter((id) => id !== null),
    ...('why' in windows ? [] : windows.segments.map(({ segmentId }) => segmentId)),
  ];
  return [...new Set(ids)];
}

/** Elements take their colour from a class: an attribute of style would need an exception in the policy. */
function tagStyle(segmentIds: readonly string[]): string {
  const rules: (readonly [string, string])[] = [
    ...segmentIds.map((id, at) => [`segment-${at}`, segmentVariable(id)] as const),
    ...CAUSES.map(([cause, , colour]) => [`cause-${cause}`, colour] as const),
    ...KINDS.map(([kind, colour]) => [`kind-${kind}`, colour] as const),
  ];
  return rules.map(([name, colour]) => `.${name}{--tag:${colour}}`).join('');
}
