import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packagePath, packageVersion } from '../cli/package-path.js';
import { createHttpServer, type HttpServer } from '../http/create-server.js';
import { createHealth } from '../http/health.js';
import { addHealthRoutes } from '../http/status-routes.js';
import { createKeyedCustomers } from '../keyed-customers.js';
import type { Log } from '../log.js';
import { type ModelPlace, openModelFolder, openModelTopics } from '../models/model-place.js';
import { SUMMARY } from '../run/folder-state.js';
import { readPem } from '../run/to-connection.js';
import type { Progress, RunSummary } from '../run-summary.js';
import type { SummaryAnswer } from './api/answers.js';
import { createEventHub } from './api/event-hub.js';
import { countAlerts } from './api/queries/alerts.js';
import { countDrifted } from './api/queries/drift.js';
import { countCustomers, modelInForce } from './api/queries/segments.js';
import { serveApi } from './api/serve-api.js';
import { servePage } from './api/serve-page.js';
import { createAsk } from './ask-change.js';
import { createLiveState, type LiveState } from './live-state.js';
import { createNeighbourPlaces } from './neighbours/neighbour-places.js';
import { openSource } from './source/open-source.js';
import type { ViewSource } from './source/view-source.js';
import { VIEW_OUTPUTS } from './store/view-schema.js';
import { openViewStore, type ViewStore } from './store/view-store.js';
import type { ViewSettings } from './view-settings.js';

/** A page and an API over the outputs of a run. */
export interface View {
  /** Address of the page, with a slash at its end. */
  readonly url: string;
  /** Takes how far the run is that this view belongs to. */
  progress(progress: Progress): void;
  /** Rejects where the outputs can't be read any more. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Pause between two states that the page is told. */
const TELL_EVERY_MS = 500;

/**
 * Starts to read outputs and to serve them.
 *
 * @throws SegtideError `config` where the address can't be listened on
 */
export async function createView(settings: ViewSettings, log: Log): Promise<View> {
  const customers = createKeyedCustomers(settings.customerKey);
  const store = openViewStore(settings.database, settings.retention, customers);
  const live = createLiveState(() => performance.now());
  const stop = new AbortController();
  const source = await openSource(settings, store, log);
  const neighbours = createNeighbourPlaces();
  const health = createHealth();
  health.add('view.source', () => ({
    ok: source.waitsFor === undefined,
    detail: source.waitsFor ?? `reads ${source.name}`,
  }));
  const hub = createEventHub({ mostStreams: settings.mostStreams });
  const instance = randomUUID().slice(0, 8);
  const rate = createReadingRate(store);
  const revisions = () => Object.fromEntries(VIEW_OUTPUTS.map((output) => [output, store.revision(output)]));
  let server: HttpServer;
  try {
    server = await listen(
      settings,
      async (app) => {
        addHealthRoutes(app, health);
        await servePage(app, packagePath('dist/page'));
        await serveApi(app, {
          store,
          neighbours,
          hub,
          instance,
          token: settings.token,
          requestsPerMinute: settings.requestsPerMinute,
          version: packageVersion(),
          hosts: LOOPBACK.includes(settings.host) ? LOOPBACK : undefined,
          summary: () => summarize(settings, source, store, live, rate()),
          toCustomerKey: customers.toKey,
          ask: createAsk(openPlace(settings)),
        });
      },
      log,
    );
  } catch (error) {
    store.close();
    throw error;
  }
  warnOfReaders(settings, log);
  let told = '';
  const tell = (): void => {
    const state = { instance, progress: live.progress, revisions: revisions() };
    const text = JSON.stringify(state);
    if (text !== told) hub.publish(state);
    told = text;
  };
  const timer = setInterval(tell, TELL_EVERY_MS);
  tell();
  const ended = source.run(stop.signal);
  const watched = settings.folder === undefined ? undefined : watchSummary(settings.folder, live.finish, stop.signal);
  return {
    url: `${server.url}/`,
    progress: live.take,
    ended,
    async close() {
      clearInterval(timer);
      stop.abort();
      await server.close();
      await Promise.allSettled([ended, watched, neighbours.close()]);
      store.close();
    },
  };
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1', '[::1]'];

/** Reading needs no token: whoever reaches the page reads all of it. */
function warnOfReaders({ host, token, tls }: ViewSettings, log: Log): void {
  if (LOOPBACK.includes(host) || tls !== undefined) return;
  const open = token === undefined ? 'customers are' : 'customers and the token for changes are';
  log.warn(
    `the page is served beyond this machine without TLS: ${open} sent in the clear, and whoever reaches it reads all; set \`view.tls\`, or let a proxy with TLS and logins alone reach it`,
    { host },
  );
}

function openPlace({ folder, config }: ViewSettings): ModelPlace {
  return folder === undefined ? openModelTopics(config) : openModelFolder(folder);
}

async function listen(
  { host, port, otherPorts, tls }: ViewSettings,
  routes: Parameters<typeof createHttpServer>[0]['routes'],
  log: Log,
): Promise<HttpServer> {
  const pems = tls && { cert: (await readPem(tls.cert))!, key: (await readPem(tls.key))! };
  const onError = (error: Error, { method, url }: { method: string; url: string }): void =>
    log.warn('a request failed', { method, url, error: error.message });
  for (let next = port; ; next++) {
    try {
      return await createHttpServer({ host, port: next, routes, onError, tls: pems, section: 'view' });
    } catch (error) {
      const isTaken = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
      if (!isTaken || next >= port + otherPorts) throw error;
    }
  }
}

function summarize(
  { name, token, customerKey }: ViewSettings,
  source: ViewSource,
  { database }: ViewStore,
  live: LiveState,
  recordsPerSecond: number,
): SummaryAnswer {
  const read = database.all('select output, records from outputs');
  const latest = database.get('select max(windowEnd) as latest from sizes')?.latest;
  const modelVersion = modelInForce(database);
  const customers = [...countCustomers(database).values()].reduce((sum, count) => sum + count, 0);
  const segments = database.get(
    `select count(*) as n from segments where modelVersion = ? and json_extract(record, '$.lineage') <> 'retired'`,
    modelVersion,
  );
  return {
    name: live.name ?? name,
    source: source.name,
    progress: live.progress,
    latestWindowEnd: latest === null || latest === undefined ? null : Number(latest),
    customers,
    segments: Number(segments?.n ?? 0),
    alerts: countAlerts(database),
    drifted: countDrifted(database),
    modelVersion,
    records: Object.fromEntries(read.map(({ output, records }) => [output as string, Number(records)])),
    recordsPerSecond,
    changes: token !== undefined,
    keyedCustomers: customerKey !== undefined,
  };
}

/** Records that were read in a second, of late. */
function createReadingRate({ database }: ViewStore): () => number {
  let before = { at: performance.now(), records: 0 };
  let rate = 0;
  return () => {
    const at = performance.now();
    if (at - before.at < 1000) return rate;
    const records = Number(database.get('select sum(records) as records from outputs')?.records ?? 0);
    rate = (1000 * Math.max(0, records - before.records)) / (at - before.at);
    before = { at, records };
    return rate;
  };
}

/** Waits for the summary that a run leaves at its end. */
async function watchSummary(folder: string, finish: (summary: RunSummary) => void, signal: AbortSignal): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises');
  while (!signal.aborted) {
    const text = await readFile(join(folder, SUMMARY), 'utf8').catch(() => undefined);
    if (text !== undefined) return finish(JSON.parse(text) as RunSummary);
    await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
}
