import type { VraeEngine } from '../../encode/vrae/vrae-options.js';
import type { Scores } from '../../train/score-windows.js';
import { formatNumber } from '../summary/format.js';
import { pickReconstructions, type ReconstructedSegment } from './pick-reconstructions.js';

/**
 * Draws scored windows as the encoder was given them and as it gives them back, as SVG: a row a segment, in each four
 * windows from the best to the worst reconstructed. Steps without a value leave a gap.
 */
export async function plotReconstructions(scores: Scores, title: string, engine?: VraeEngine): Promise<string> {
  const picked = await pickReconstructions(scores, ACROSS, engine);
  return draw(picked, scores.assignments.embeddings.series.channels, title);
}

/** Windows of a segment that are drawn. */
const ACROSS = 4;
const LEFT = 150;
const PANEL_WIDTH = 220;
const PANEL_HEIGHT = 96;
const GAP = 34;
const TOP = 64;
const MARGIN = 16;
/** Tell channels apart; those of Okabe & Ito (2008) are told apart by colour-blind readers, too. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

function draw(segments: readonly ReconstructedSegment[], channels: number, title: string): string {
  const width = LEFT + ACROSS * (PANEL_WIDTH + MARGIN) + MARGIN;
  const height = TOP + segments.length * (PANEL_HEIGHT + GAP) + MARGIN;
  const body = segments.flatMap((segment, j) => drawSegment(segment, channels, TOP + j * (PANEL_HEIGHT + GAP)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#333">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="${MARGIN}" y="24" font-size="15" font-weight="600">${escapeText(title)}</text>`,
    `<text x="${MARGIN}" y="42" fill="#666">prepared values by step: as given (line) and reconstructed (dashes), from the best to the worst of each segment</text>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

function drawSegment({ segmentId, name, size, panels }: ReconstructedSegment, channels: number, y: number): string[] {
  const known = panels
    .flatMap(({ original, reconstructed }) => [...original, ...reconstructed])
    .filter(Number.isFinite);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const range = high - low || 1;
  const toY = (value: number): number => y + PANEL_HEIGHT * (1 - (value - low) / range);
  const parts = [
    `<text x="${MARGIN}" y="${y + 14}" font-weight="600">${escapeText(segmentId)}</text>`,
    `<text x="${MARGIN}" y="${y + 30}">${escapeText(name)}</text>`,
    `<text x="${MARGIN}" y="${y + 46}" fill="#666">${size} windows</text>`,
    `<text x="${LEFT - 6}" y="${y + 8}" text-anchor="end" fill="#666">${formatNumber(high)}</text>`,
    `<text x="${LEFT - 6}" y="${y + PANEL_HEIGHT}" text-anchor="end" fill="#666">${formatNumber(low)}</text>`,
  ];
  for (const [p, { row, error, original, reconstructed }] of panels.entries()) {
    const caption = `row ${row}, error ${error === null ? '–' : formatNumber(error)}`;
    const x = LEFT + p * (PANEL_WIDTH + MARGIN);
    const steps = original.length / channels;
    const toX = (step: number): number => x + (steps < 2 ? PANEL_WIDTH / 2 : (step * PANEL_WIDTH) / (steps - 1));
    parts.push(
      `<rect x="${x}" y="${y}" width="${PANEL_WIDTH}" height="${PANEL_HEIGHT}" fill="#f7f7f7"/>`,
      `<line x1="${x}" x2="${x + PANEL_WIDTH}" y1="${round(toY(0))}" y2="${round(toY(0))}" stroke="#ccc"/>`,
      `<text x="${x}" y="${y + PANEL_HEIGHT + 14}" fill="#666">${escapeText(caption)}</text>`,
    );
    for (let channel = 0; channel < channels; channel++) {
      const color = COLORS[channel % COLORS.length]!;
      const line = (values: Float32Array): string =>
        toPath(
          Array.from({ length: values.length / channels }, (_, step) => [
            toX(step),
            values[step * channels + channel]!,
          ]),
          toY,
        );
      parts.push(
        `<path d="${line(original)}" fill="none" stroke="${color}" stroke-width="1.2" stroke-opacity="0.55"/>`,
        `<path d="${line(reconstructed)}" fill="none" stroke="${channels === 1 ? COLORS[1] : color}" stroke-width="1.6" stroke-dasharray="4 2"/>`,
      );
    }
  }
  return parts;
}

/** Lines between known neighbours; a value alone becomes a dot's width of line. */
function toPath(points: readonly (readonly number[])[], toY: (value: number) => number): string {
  let path = '';
  let drawing = false;
  for (const [x, value] of points) {
    if (!Number.isFinite(value!)) {
      drawing = false;
      continue;
    }
    const point = `${round(x!)},${round(toY(value!))}`;
    path += drawing ? `L${point}` : `M${point}h0.5`;
    drawing = true;
  }
  return path;
}

function round(coordinate: number): number {
  return Math.round(coordinate * 10) / 10;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
