import { createHash } from 'node:crypto';
import { asHtml, type Html, html } from './html.js';
import type { Section } from './sections/section-parts.js';

/** What a page is made of. */
export interface PageParts {
  readonly title: string;
  /** What stands above the list of sections. */
  readonly heading: Html;
  readonly sections: readonly Section[];
  readonly style: string;
  readonly footer: Html;
}

/** Lays out a page that runs no script and loads nothing: its policy allows its own style alone. */
export function renderPage({ title, heading, sections, style, footer }: PageParts): Html {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${asHtml(style)}</style>
</head>
<body>
<div class="page">
<header>${heading}
<nav aria-label="Sections"><ul>${sections.map(({ id, title: of }) => html`<li><a href="#${id}">${of}</a></li>`)}</ul></nav></header>
<main>${sections.map(
    ({
      id,
      title: of,
      note,
      body,
    }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${of}</h2><p class="note">${note}</p>${body}</section>
`,
  )}</main>
<footer>${footer}</footer>
</div>
</body>
</html>
`;
}
