import type { ComponentChildren } from 'preact';
import { colourOf } from './colours.js';
import { plain } from './format.js';
import type { Resource } from './live.js';

/** A segment by its colour, id and, where it is given, name. */
export function SegmentTag({ id, name }: { readonly id: string | null; readonly name?: string | undefined }) {
  if (id === null) return <span class="segment quiet">warming</span>;
  return (
    <a class="segment" href={`#/segments/${encodeURIComponent(id)}`}>
      <span class="swatch" style={{ background: colourOf(id) }} />
      <b>{plain(id, 12)}</b>
      {name !== undefined && <span>{plain(name, 40)}</span>}
    </a>
  );
}

/** A customer's id, which leads to what is known of it; ids are of any kind and length. */
export function CustomerLink({ id }: { readonly id: string }) {
  return (
    <a class="customer" href={`#/customers/${encodeURIComponent(id)}`} title={plain(id, 400)}>
      <bdi>{plain(id, 28)}</bdi>
    </a>
  );
}

export function Panel({
  title,
  note,
  children,
  tools,
}: {
  readonly title: string;
  readonly note?: string | undefined;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="panel">
      <header>
        <h2>{title}</h2>
        {note !== undefined && <p class="note">{note}</p>}
        {tools !== undefined && <div class="tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}

/** What is shown where there is nothing yet, or where it could not be had. */
export function Missing({ of, children }: { readonly of: Resource<unknown>; readonly children: ComponentChildren }) {
  if (of.problem !== undefined) return <p class="empty">Not to be had now: {of.problem}.</p>;
  return <p class="empty">{of.value === undefined ? 'Loading …' : children}</p>;
}

/** A share as a bar, with its figure beside it in words of the caller. */
export function Bar({ share, colour }: { readonly share: number; readonly colour: string }) {
  const width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width, background: colour }} />
    </span>
  );
}

export function Severity({ of }: { readonly of: string }) {
  return <span class={`severity ${of === 'high' || of === 'medium' || of === 'low' ? of : ''}`}>{of}</span>;
}
