import type { ReconstructedSegment } from '../../model/pick-reconstructions.js';
import { formatNumber } from '../../summary/format.js';
import { segmentVariable } from '../report-colours.js';
import { INK, LINE, NARROW, QUIET, type ReportChart } from './report-chart.js';

const PANEL_HEIGHT = 130;
const TITLE = 22;

/** Windows of a segment as the encoder was given them and, dashed, as it gives them back; undefined without any. */
export function reconstructionChart(
  { segmentId, panels }: ReconstructedSegment,
  channels: readonly string[],
): ReportChart | undefined {
  if (panels.length === 0) return undefined;
  const across = (width: number): number => (width < NARROW ? 2 : panels.length);
  const rows = (width: number): number => Math.ceil(panels.length / across(width));
  const values = panels
    .flatMap(({ original, reconstructed }) => [...original, ...reconstructed])
    .filter(Number.isFinite);
  const range = { min: Math.floor(Math.min(0, ...values)), max: Math.ceil(Math.max(0, ...values)) };
  return {
    name: `windows-${segmentId}`,
    label: `${panels.length} windows of ${segmentId} as given and as reconstructed, from the best to the worst`,
    height: (width) => rows(width) * (PANEL_HEIGHT + TITLE) + 4,
    option: (width) => {
      const places = panels.map((_, i) => placeOf(i, across(width), width));
      return {
        title: panels.map(({ error }, i) => ({
          left: places[i]!.left,
          top: places[i]!.top - TITLE,
          padding: 0,
          text: error === null ? 'no error: the encoder can’t reconstruct' : `error ${formatNumber(error)}`,
          textStyle: { color: QUIET, fontSize: 12, fontWeight: 'normal' as const, fontFamily: 'system-ui, sans-serif' },
        })),
        grid: places,
        xAxis: panels.map(({ original }, i) => ({
          type: 'category' as const,
          gridIndex: i,
          data: Array.from({ length: original.length / channels.length }, (_, step) => String(step + 1)),
          boundaryGap: false,
          axisLabel: { show: false },
          axisTick: { show: false },
          axisLine: { lineStyle: { color: LINE } },
        })),
        yAxis: panels.map((_, i) => ({
          type: 'value' as const,
          gridIndex: i,
          ...range,
          splitNumber: 3,
          axisLabel: { show: i % across(width) === 0, color: QUIET, fontSize: 11 },
          splitLine: { lineStyle: { color: LINE } },
        })),
        series: panels.flatMap((panel, i) =>
          channels.flatMap((_, channel) => toSeries(panel, i, { channel, of: channels.length, segmentId })),
        ),
      };
    },
  };
}

function placeOf(i: number, across: number, width: number) {
  const left = 34;
  const gap = 14;
  const panel = (width - left - gap * across) / across;
  return {
    left: left + (i % across) * (panel + gap),
    top: TITLE + Math.floor(i / across) * (PANEL_HEIGHT + TITLE),
    width: panel,
    height: PANEL_HEIGHT - 12,
  };
}

/** Channels differ by how plainly they are drawn. */
function toSeries(
  { original, reconstructed }: ReconstructedSegment['panels'][number],
  panel: number,
  { channel, of, segmentId }: { readonly channel: number; readonly of: number; readonly segmentId: string },
) {
  const opacity = 1 - (0.6 * channel) / of;
  const line = { type: 'line' as const, silent: true, symbol: 'none', xAxisIndex: panel, yAxisIndex: panel };
  const pick = (values: Float32Array): (number | null)[] =>
    Array.from(values)
      .filter((_, i) => i % of === channel)
      .map((value) => (Number.isFinite(value) ? value : null));
  return [
    { ...line, color: segmentVariable(segmentId), lineStyle: { width: 2, opacity }, data: pick(original) },
    { ...line, color: INK, lineStyle: { width: 1.3, type: 'dashed' as const, opacity }, data: pick(reconstructed) },
  ];
}
