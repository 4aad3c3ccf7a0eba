import { segmentColour } from '../service/view/segment-colour.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Calls back when the scheme changes; returns how to stop that. */
export function onScheme(change: () => void): () => void {
  dark.addEventListener('change', change);
  return () => dark.removeEventListener('change', change);
}

/** Colour of a segment by its id; grey for none. */
export function colourOf(segmentId: string | null): string {
  return segmentColour(segmentId, dark.matches ? 'dark' : 'light') ?? cssColour('--quiet');
}

/** Colour of the style sheet, for what is drawn on a canvas. */
export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
