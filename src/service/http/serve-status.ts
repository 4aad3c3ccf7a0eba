import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock } from '../../ports.js';
import { packageVersion } from '../cli/package-path.js';
import type { Config } from '../config/schema.js';
import type { Log } from '../log.js';
import { createRoleObserver, type RoleObserver } from '../observe/role-observer.js';
import { createHttpServer, type HttpServer } from './create-server.js';
import { createHealth, type Health } from './health.js';
import { addStatusRoutes } from './status-routes.js';

/** Health and metrics of a process, served until it is closed. */
export interface StatusServer {
  readonly url: string;
  readonly registry: Registry;
  readonly health: Health;
  readonly observer: RoleObserver;
  close(): Promise<void>;
}

export interface StatusParts {
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted where the process is told to stop: it is not ready from then on. */
  readonly signal: AbortSignal;
}

/**
 * Serves what a config asks for; undefined where that is nothing.
 *
 * @param usualPort listened on where the config names none; undefined for no server then. Where it is taken, as by another
 * role on the same machine, any that is free is as good
 * @throws SegtideError `config` where the port that the config names can't be listened on
 */
export async function serveStatus(
  { http, name }: Pick<Config, 'http' | 'name'>,
  { log, clock, signal }: StatusParts,
  usualPort?: number,
): Promise<StatusServer | undefined> {
  const port = http.port ?? usualPort;
  if (!http.enabled || port === undefined) return undefined;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addBuildInfo(registry, name);
  const health = createHealth();
  signal.addEventListener('abort', () => health.stopping(), { once: true });
  const listen = (on: number): Promise<HttpServer> =>
    createHttpServer({
      host: http.host,
      port: on,
      routes: (server) => addStatusRoutes(server, health, registry),
      onError: (error, { method, url }) => log.error(`${method} ${url}: ${error.message}`),
    });
  const server = http.port === undefined ? await listen(port).catch(() => listen(0)) : await listen(port);
  log.info('health and metrics are served', { url: server.url });
  const observed = { registry, health, clock, stuckAfterMs: http.stuckAfter, debug: (text: string) => log.debug(text) };
  return {
    url: server.url,
    registry,
    health,
    observer: createRoleObserver(observed),
    close: () => server.close(),
  };
}

/** What exporters of OpenTelemetry listen on, and what scrapers look for. */
export const USUAL_PORT = 9464;

/** Tells the version that runs. */
export function addBuildInfo(registry: Registry, name: string): void {
  const info = new Gauge({
    name: BUILD_INFO.name,
    help: BUILD_INFO.help,
    labelNames: BUILD_INFO.labels,
    registers: [registry],
  });
  info.set({ version: packageVersion(), config_name: name }, 1);
}

/** Of the program rather than of a stream. */
export const BUILD_INFO = {
  name: 'segtide_build_info',
  type: 'gauge',
  help: '1, with the version of segtide and the name in the config.',
  labels: ['version', 'config_name'],
} as const;
