import type { ReportChart } from '../charts/report-chart.js';
import { asHtml, type Html, html, plain } from '../html.js';

/** What sections are written with: charts are drawn as they are met. */
export interface SectionParts {
  /** Draws a chart that is as wide as the page, once for a desk and once for a phone. */
  readonly wide: (chart: ReportChart) => Html;
  /** Draws a chart of a card. */
  readonly small: (chart: ReportChart) => Html;
  /** What a segment is called; its id where that is not known. */
  readonly nameOf: (segmentId: string) => string;
  /** Class of the style sheet that sets a segment's colour. */
  readonly classOf: (segmentId: string | null) => string;
}

/** A part of the report with a heading of its own. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly body: Html;
}

/** A segment's id with its colour, and what it is called now. */
export function tagOf(parts: SectionParts, segmentId: string): Html {
  const name = parts.nameOf(segmentId);
  return taggedAs(parts, segmentId, name === segmentId ? null : name);
}

/** A segment's id with its colour, and a name where there is one. */
export function taggedAs({ classOf }: SectionParts, segmentId: string, name: string | null): Html {
  return html`<span class="tag ${classOf(segmentId)}"><b>${plain(segmentId, 24)}</b>${name === null ? '' : ` ${plain(name)}`}</span>`;
}

/** A column of a table: what stands at its head, and whether it holds figures. */
export interface Column {
  readonly head: string;
  readonly number?: boolean;
}

/** A table that scrolls by itself where it is too wide. */
export function tableOf(name: string, columns: readonly Column[], rows: readonly (readonly (Html | string)[])[]): Html {
  const classOf = (at: number): Html => (columns[at]!.number === true ? asHtml(' class="number"') : asHtml(''));
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table><thead><tr>${columns.map(({ head }, at) => html`<th scope="col"${classOf(at)}>${head}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, at) => html`<td${classOf(at)}>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
