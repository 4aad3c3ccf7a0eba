import { useEffect, useRef, useState } from 'preact/hooks';
import type { ProgressAnswer } from '../service/view/api/answers.js';

/** What the server tells by itself. */
export interface Live {
  /** Names a start of the server. */
  readonly instance: string;
  readonly progress: ProgressAnswer | null;
  /** Rises with the records of an output. */
  readonly revisions: Readonly<Record<string, number>>;
}

type Listener = (live: Live | undefined) => void;

const listeners = new Set<Listener>();
let latest: Live | undefined;
let connected = false;

/** One stream for the whole page. The browser opens it again when it breaks. */
function connect(): void {
  if (connected) return;
  connected = true;
  const open = (): void => {
    const events = new EventSource('/api/events');
    events.addEventListener('state', (event) => tell(JSON.parse((event as MessageEvent<string>).data) as Live));
    events.onerror = () => {
      tell(undefined);
      // A server that refuses, as when it has too many streams, is not asked again by the browser itself.
      if (events.readyState !== EventSource.CLOSED) return;
      setTimeout(open, 3000);
    };
  };
  open();
}

function tell(live: Live | undefined): void {
  latest = live;
  for (const listener of listeners) listener(live);
}

/** The state of now; undefined while there is no connection. */
export function useLive(): Live | undefined {
  const [live, setLive] = useState(latest);
  useEffect(() => {
    connect();
    listeners.add(setLive);
    setLive(latest);
    return () => {
      listeners.delete(setLive);
    };
  }, []);
  return live;
}

/** What was fetched, or why not. The last answer stays while a newer one is on its way. */
export interface Resource<T> {
  readonly value: T | undefined;
  readonly problem: string | undefined;
}

/** Least pause between two requests for the same, ms. */
const PAUSE_MS = 1500;

/**
 * Fetches a path of the API, and again when records of these outputs came.
 *
 * @param path undefined for nothing
 */
export function useResource<T>(path: string | undefined, outputs: readonly string[]): Resource<T> {
  const live = useLive();
  const [resource, setResource] = useState<Resource<T> & { path?: string }>({ value: undefined, problem: undefined });
  const lastAt = useRef(0);
  const stamp = live === undefined ? '' : `${live.instance}/${outputs.map((name) => live.revisions[name]).join('.')}`;
  const shown = useRef<string | undefined>(undefined);
  const wanted = useRef(path);
  wanted.current = path;
  useEffect(() => {
    if (path === undefined) return;
    const isOther = shown.current !== path;
    const wait = isOther ? 0 : Math.max(0, lastAt.current + PAUSE_MS - performance.now());
    const timer = setTimeout(async () => {
      lastAt.current = performance.now();
      try {
        const value = await fetchJson<T>(path);
        // An answer to what was asked before comes too late.
        if (wanted.current !== path) return;
        shown.current = path;
        setResource({ value, problem: undefined, path });
      } catch (error) {
        if (wanted.current !== path) return;
        const problem = (error as Error).message;
        setResource((before) => ({ value: before.path === path ? before.value : undefined, problem, path }));
      }
    }, wait);
    return () => clearTimeout(timer);
  }, [path, stamp]);
  return resource.path === path ? resource : { value: undefined, problem: undefined };
}

/** @throws Error with the words of the problem */
export async function fetchJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new Error('the server does not answer', { cause });
  });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
  throw new Error(problem.detail ?? problem.title ?? `the server answered ${response.status}`);
}
