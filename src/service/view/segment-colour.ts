// Ten colours that stay apart in all common kinds of colour blindness, after Okabe and Ito; those of the dark scheme are
// lighter. A segment's colour goes by its id alone, and the id is always written beside it: s11 has that of s1 in a deeper
// tone, s21 in a deeper one still.
const PALETTES = {
  light: ['#0068a6', '#c44e00', '#00805c', '#a8447c', '#a87400', '#2d86b8', '#6b4699', '#7d6117', '#5b6470', '#a5202f'],
  dark: ['#4fb0f0', '#ff8f52', '#33cf9f', '#ea9ccb', '#f2b93b', '#9bd8fa', '#b795e0', '#cfb25e', '#aab4c0', '#ff7d80'],
} as const;

/** Parts of their light that colours keep, from ten segments to the next. */
const TONES = [1, 0.55, 0.78] as const;

/** Colour of a segment by its id, as `#rrggbb`; undefined for an id without a number, or none. */
export function segmentColour(segmentId: string | null, scheme: 'light' | 'dark'): string | undefined {
  const number = Number(segmentId?.replace(/^\D+/, '') || Number.NaN);
  if (Number.isNaN(number)) return undefined;
  const palette = PALETTES[scheme];
  const place = Math.max(0, number - 1);
  return deeper(palette[place % palette.length]!, TONES[Math.floor(place / palette.length) % TONES.length]!);
}

function deeper(colour: string, light: number): string {
  const channels = [1, 3, 5].map((at) => Math.round(Number.parseInt(colour.slice(at, at + 2), 16) * light));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
