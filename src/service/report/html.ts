/** A piece of HTML that may stand in a page as it is. */
export interface Html {
  readonly html: string;
}

type Piece = Html | string | number | null | undefined | false | readonly Piece[];

/** Template of HTML: text is escaped, pieces of HTML are not; lists are joined, and what is absent leaves nothing. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: parts.reduce((text, part, i) => text + toText(pieces[i - 1]) + part) };
}

/** What is HTML already, such as a drawn chart. */
export function asHtml(text: string): Html {
  return { html: text };
}

/** The longest text of others that is shown: an id or a name may have any length. */
const LONGEST = 120;

/** Text of others as it can stand in a line: bounded, and without marks that turn the direction of what follows. */
export function plain(text: string, most = LONGEST): string {
  const safe = text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  const letters = [...safe.slice(0, most * 4)];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : safe;
}

function toText(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (Array.isArray(piece)) return piece.map(toText).join('');
  if (typeof piece === 'object') return (piece as Html).html;
  return String(piece).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
