import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SummaryAnswer } from '../service/view/api/answers.js';
import { count, day, percent, plain, short } from './format.js';
import { type Live, useLive, useResource } from './live.js';
import { AlertsView } from './views/alerts.js';
import { CustomerView } from './views/customer.js';
import { DriftView } from './views/drift.js';
import { FlowsView } from './views/flows.js';
import { MapView } from './views/map.js';
import { ModelsView } from './views/models.js';
import { NowView } from './views/now.js';
import { SegmentsView } from './views/segments.js';

const VIEWS = [
  ['now', 'Now'],
  ['segments', 'Segments'],
  ['map', 'Map'],
  ['flows', 'Flows'],
  ['drift', 'Drift'],
  ['alerts', 'Alerts'],
  ['models', 'Models'],
  ['customers', 'Customers'],
] as const;

const EVERYTHING = ['assignments', 'segments', 'alerts', 'drift', 'model-events'];

export function App() {
  const [view, id] = useRoute();
  const live = useLive();
  const { value: summary } = useResource<SummaryAnswer>('/api/summary', EVERYTHING);
  const title = VIEWS.find(([name]) => name === view)![1];
  const main = useRef<HTMLElement>(null);
  const tabs = useRef<HTMLElement>(null);
  const before = useRef(`${view}/${id}`);
  // With the view itself: between a paint and an effect after it, a key would still go to what was before.
  useLayoutEffect(() => {
    document.title = `${title} · ${plain(summary?.name ?? 'segtide', 40)}`;
    // Who goes by keyboard goes on where the new view begins.
    if (before.current !== `${view}/${id}`) main.current?.focus();
    before.current = `${view}/${id}`;
  }, [view, id, title, summary?.name]);
  // On a phone not all tabs have room.
  useEffect(() => {
    tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [view]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <header class="top">
        <p class="brand">
          <span class="wave" aria-hidden="true" />
          segtide <span>{summary?.name === 'segtide' ? '' : plain(summary?.name ?? '', 40)}</span>
        </p>
        <Status live={live} summary={summary} />
        <CustomerSearch />
      </header>
      <nav aria-label="Views" ref={tabs}>
        {VIEWS.map(([name, words]) => (
          <a key={name} href={`#/${name}`} aria-current={name === view ? 'page' : undefined}>
            {words}
            <Badge of={name} summary={summary} />
          </a>
        ))}
      </nav>
      <main id="content" ref={main} tabIndex={-1}>
        <h1 class="hidden">{title}</h1>
        {view === 'now' && <NowView live={live} summary={summary} />}
        {view === 'segments' && <SegmentsView focus={id} changes={summary?.changes === true} />}
        {view === 'map' && <MapView />}
        {view === 'flows' && <FlowsView />}
        {view === 'drift' && <DriftView />}
        {view === 'alerts' && <AlertsView />}
        {view === 'models' && <ModelsView changes={summary?.changes === true} />}
        {view === 'customers' && <CustomerView id={id} />}
      </main>
    </>
  );
}

/** The view and what of it, by the address. */
function useRoute(): readonly [(typeof VIEWS)[number][0], string | undefined] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const change = (): void => setHash(location.hash);
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  const [, name, id] = /^#\/(\w+)(?:\/(.+))?$/s.exec(hash) ?? [];
  const view = VIEWS.find(([known]) => known === name)?.[0] ?? 'now';
  return [view, decoded(id)];
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}

function Badge({ of, summary }: { readonly of: string; readonly summary: SummaryAnswer | undefined }) {
  const alerts = Object.values(summary?.alerts ?? {}).reduce((sum, each) => sum + each, 0);
  const shown = of === 'alerts' ? alerts : of === 'drift' ? (summary?.drifted ?? 0) : 0;
  return shown === 0 ? null : <span class="badge">{short(shown)}</span>;
}

function Status({ live, summary }: { readonly live: Live | undefined; readonly summary: SummaryAnswer | undefined }) {
  const progress = live?.progress;
  const isTraining = progress?.phase.startsWith('training') === true;
  const state = live === undefined ? 'lost' : isTraining ? 'training' : progress?.phase === 'finished' ? 'done' : 'up';
  const words = live === undefined ? 'reconnecting …' : (progress?.phase ?? 'following');
  return (
    <p class="status" role="status">
      <span class={`dot ${state}`} aria-hidden="true" />
      <span>
        {words}
        {isTraining && progress.done !== null && ` ${percent(progress.done)}`}
      </span>
      <span class="fact">{day(progress?.watermark ?? summary?.latestWindowEnd)}</span>
      {typeof progress?.eventsPerSecond === 'number' && progress.phase !== 'finished' && (
        <span class="fact">{count(Math.round(progress.eventsPerSecond))} events/s</span>
      )}
    </p>
  );
}

function CustomerSearch() {
  const [text, setText] = useState('');
  const go = (event: Event): void => {
    event.preventDefault();
    if (text.trim() !== '') location.hash = `#/customers/${encodeURIComponent(text.trim())}`;
  };
  return (
    <search>
      <form class="search" onSubmit={go}>
        <input
          type="search"
          aria-label="Customer id"
          placeholder="Look up a customer"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit">Open</button>
      </form>
    </search>
  );
}
