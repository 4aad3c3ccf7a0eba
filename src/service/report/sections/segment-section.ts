import { formatChange, formatCount, formatCounted, formatNumber, formatShare } from '../../summary/format.js';
import type { SegmentAnswer } from '../../view/api/answers.js';
import { drawnCurves } from '../../view/api/drawn-curves.js';
import { curveChart } from '../charts/curve-chart.js';
import { sizeChart } from '../charts/size-chart.js';
import { type Html, html, plain } from '../html.js';
import type { ReportFacts } from '../report-facts.js';
import { channelsOf } from '../score-sample.js';
import { type Section, type SectionParts, taggedAs } from './section-parts.js';

/** What segments there are, what they look like, and how large they have been. */
export function segmentSection({ segments: answer, run }: ReportFacts, parts: SectionParts): Section {
  const { segments } = answer;
  const channels = run?.config === undefined ? undefined : channelsOf(run);
  const living = segments.filter(({ lineage }) => lineage !== 'retired');
  const sizes = sizeChart(answer);
  return {
    id: 'segments',
    title: 'Segments',
    note: 'Line: the mean window of the segment, step by step, or channel by channel where windows have one step. Shade: 80 % of its windows. Dashes: what the decoder makes of it, where the encoder has one.',
    body: html`<ul class="cards">${living.map((segment) => toCard(segment, channels, parts))}</ul>
${formerList(answer, parts)}
${
  sizes === undefined
    ? ''
    : html`<h3>Size over time</h3><p class="note quiet">Share of the windows that ended together.</p>${legend(living, parts)}${parts.wide(sizes)}`
}`,
  };
}

/** Whom the cards leave out, so that all customers are accounted for. */
function formerList({ former }: ReportFacts['segments'], parts: SectionParts): Html | '' {
  if (former.length === 0) return '';
  const customers = former.reduce((sum, one) => sum + one.customers, 0);
  const stand = customers === 1 ? 'stands' : 'stand';
  return html`<p class="note">${formatCounted(customers, 'customer')} ${stand} on no card: the latest window of each lies in a segment of before, which the model in force does not know any more.</p>
<ul class="legend">${former.map(({ segmentId, name, customers: count }) => html`<li class="${parts.classOf(segmentId)}">${taggedAs(parts, segmentId, name === segmentId ? null : name)} ${formatCount(count)}</li>`)}</ul>`;
}

function toCard(segment: SegmentAnswer, channels: readonly string[] | undefined, parts: SectionParts): Html {
  const { segmentId, name, madeName, share, customers } = segment;
  const curves = drawnCurves(segment);
  const renamed = name !== madeName && madeName !== '';
  return html`<li class="${parts.classOf(segmentId)}"><h3>${plain(segmentId, 24)} · ${plain(name)}</h3>
${renamed ? html`<p class="quiet">made name: ${plain(madeName)}</p>` : ''}
<p><span class="share">${formatShare(share)}</span> <span class="quiet">${formatCounted(customers, 'customer')}</span></p>
${curves.prototype.map((_, i) => {
  const title = `${curves.over === 'step' ? (channels?.[i] ?? `channel ${i + 1}`) : 'mean'} by ${curves.over}`;
  return html`<p class="curve">${plain(title)}</p>${parts.small(curveChart(segmentId, curves, i, title))}`;
})}
<dl>${figuresOf(segment).map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl></li>`;
}

const ADVICE: Readonly<Record<string, string>> = {
  model: 'needs a forecasting model',
  rule: 'a simple rule is enough',
  inactive: 'inactive',
};

function figuresOf(segment: SegmentAnswer): readonly (readonly [string, string])[] {
  const { advice, level, trend, volatility, seasonality, seasonLag, forecastability, inactiveShare, lineage } = segment;
  return [
    ['advice', ADVICE[advice] ?? advice],
    ['level, a step', formatNumber(level)],
    ['trend over a window', formatChange(trend)],
    ['volatility', formatNumber(volatility)],
    ['seasonality', seasonLag > 0 ? `${formatNumber(seasonality)} at ${seasonLag} steps` : 'none'],
    ['forecastability', formatNumber(forecastability)],
    ['windows without usage', formatShare(inactiveShare)],
    ['at the last model', lineage],
    ['typical customer', plain(segment.medoidCustomer ?? '–', 40)],
  ];
}

function legend(segments: readonly SegmentAnswer[], parts: SectionParts): Html {
  return html`<ul class="legend">${segments.map(({ segmentId }) => html`<li class="${parts.classOf(segmentId)}">${plain(segmentId, 24)} ${plain(parts.nameOf(segmentId))}</li>`)}</ul>`;
}

/** Customers by how alike they are. */
export function mapSection({ map }: ReportFacts, parts: SectionParts, chart: Html): Section {
  const present = map.segments.filter((id) => id !== null);
  return {
    id: 'map',
    title: 'Map',
    note: `Each point is a customer in the last round of windows: ${formatCount(map.x.length)} of them, in the two directions in which the embeddings of model ${map.space} differ most (PCA). Near points behave alike.`,
    body: html`<ul class="legend">${present.map((id) => html`<li class="${parts.classOf(id)}">${plain(id, 24)} ${plain(parts.nameOf(id))}</li>`)}</ul>${chart}`,
  };
}
