import { segmentColour } from '../view/segment-colour.js';

/** Colours of a scheme, by variable. */
type Scheme = Readonly<Record<string, string>>;

const LIGHT: Scheme = {
  ground: '#f6f7f9',
  panel: '#ffffff',
  ink: '#17202b',
  quiet: '#586473',
  line: '#e2e6eb',
  accent: '#0b6e99',
  warn: '#9a5b00',
  bad: '#b3261e',
  shade: '#eef1f4',
};

const DARK: Scheme = {
  ground: '#0f141a',
  panel: '#171e26',
  ink: '#e6ebf1',
  quiet: '#9aa7b6',
  line: '#29323d',
  accent: '#56b6e4',
  warn: '#f0b357',
  bad: '#ff8a80',
  shade: '#1f2833',
};

/** The variable that holds a segment's colour; that of quiet text for none. */
export function segmentVariable(segmentId: string | null): string {
  return segmentColour(segmentId, 'light') === undefined ? 'var(--quiet)' : `var(--${nameOf(segmentId!)})`;
}

/** All variables of both schemes, as CSS. */
export function colourStyle(segmentIds: readonly string[]): string {
  const dark = toDeclarations(schemeOf('dark', segmentIds));
  return `:root{color-scheme:light dark;${toDeclarations(schemeOf('light', segmentIds))}}
@media (prefers-color-scheme:dark){:root{${dark}}}`;
}

/** A picture that stands by itself: the light scheme's colours in place of the variables, on white. */
export function withColours(svg: string, segmentIds: readonly string[]): string {
  const colours = schemeOf('light', segmentIds);
  const coloured = svg.replace(/var\(--([\w-]+)\)/g, (_, name: string) => colours[name] ?? LIGHT.quiet!);
  return coloured.replace(/(<svg [^>]*>)/, `$1<rect width="100%" height="100%" fill="${LIGHT.panel}"/>`);
}

function schemeOf(scheme: 'light' | 'dark', segmentIds: readonly string[]): Scheme {
  const segments = segmentIds.flatMap((id) => {
    const colour = segmentColour(id, scheme);
    return colour === undefined ? [] : [[nameOf(id), colour]];
  });
  return { ...(scheme === 'light' ? LIGHT : DARK), ...Object.fromEntries(segments) };
}

/** Ids come from records of others: only what can stand in a name of CSS is taken. */
function nameOf(segmentId: string): string {
  return `segment-${segmentId.replaceAll(/[^\w-]/g, '_')}`;
}

function toDeclarations(scheme: Scheme): string {
  return Object.entries(scheme)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');
}
