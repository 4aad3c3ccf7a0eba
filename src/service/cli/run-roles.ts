import type { Config } from '../config/schema.js';
import { type StatusServer, serveStatus, USUAL_PORT } from '../http/serve-status.js';
import type { Log } from '../log.js';
import { createTrafficLog, type TrafficLog } from '../observe/traffic-log.js';
import type { NotifierSummary, RoleDeps, TrainerSummary, WorkerSummary } from '../run/role.js';
import { renderRole } from '../summary/render-role.js';
import type { ViewThread } from '../view/start-view-thread.js';
import { openConsole } from './open-console.js';
import { requireKafka } from './require-kafka.js';
import { createRoleProgress } from './role-progress.js';
import type { ReportFlags } from './run-and-report.js';
import { tellUndelivered } from './tell-undelivered.js';
import type { Terminal } from './terminal.js';

export type RoleName = 'worker' | 'trainer' | 'notifier';
type RoleSummary = WorkerSummary | TrainerSummary | NotifierSummary;

/**
 * Runs roles side by side until the process is told to stop, and tells what they did. Where one of them fails,
 * the others stop in order.
 *
 * @returns the exit code: 0 after an orderly stop, but where alerts were given up
 */
export async function runRoles(
  roles: readonly RoleName[],
  config: Config,
  { json = false, quiet = false }: ReportFlags,
  terminal: Terminal,
): Promise<number> {
  requireKafka(config, `segtide ${roles.length === 1 ? COMMANDS[roles[0]!] : 'run'}`);
  const { display, log, stop } = openConsole(config, { json, quiet, isService: true }, terminal);
  const failed = new AbortController();
  const clock = { now: terminal.now };
  const signal = AbortSignal.any([stop.signal, failed.signal]);
  let status: StatusServer | undefined;
  let view: ViewThread | undefined;
  let traffic: TrafficLog | undefined;
  try {
    if (roles.length > 1) {
      const { checkRoleTopics } = await import('../topics/check-role-topics.js');
      await checkRoleTopics(config, roles);
      view = config.view.enabled ? await openView(config, log, terminal) : undefined;
    }
    status = await serveStatus(config, { log, clock, signal }, USUAL_PORT);
    traffic = openTraffic(roles, config, terminal, { log, status });
    const tell = createRoleProgress({ display, traffic, view });
    const deps = { signal, log, clock, observer: status?.observer };
    const ends = await Promise.allSettled(
      roles.map((role) =>
        start(role, config, { ...deps, progress: tell[role] }).catch((error: unknown) => {
          status?.health.failed(role, (error as Error).message);
          failed.abort();
          throw error;
        }),
      ),
    );
    display.clear();
    for (const end of ends) if (end.status === 'fulfilled') print(end.value, { json, quiet }, terminal);
    const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    for (const reason of reasons.slice(1)) log.error((reason as Error).message);
    if (reasons.length > 0) throw reasons[0];
    const given = ends.flatMap((end) =>
      end.status === 'fulfilled' && end.value.role === 'notifier' ? [end.value] : [],
    );
    return tellUndelivered(given[0]?.undelivered, json, terminal);
  } finally {
    display.clear();
    traffic?.close();
    await view?.close();
    await status?.close();
    stop.close();
  }
}

/** Tells the log of a service how it is; a person at a terminal sees the line of progress. */
function openTraffic(
  roles: readonly RoleName[],
  { run }: Config,
  { err, now }: Terminal,
  { log, status }: { readonly log: Log; readonly status: StatusServer | undefined },
): TrafficLog | undefined {
  if (err.isTTY === true || run.logEvery === 0 || status === undefined) return undefined;
  const { health, observer } = status;
  const reads = roles.includes('worker');
  return createTrafficLog({ log, reads, health, waiting: observer.waiting, now, everyMs: run.logEvery });
}

/** The page of `segtide run` between Kafka and Kafka: it reads the topics, in a thread of its own. */
async function openView(config: Config, log: Log, { now }: Terminal): Promise<ViewThread> {
  const { startViewThread } = await import('../view/start-view-thread.js');
  const { toViewSettings } = await import('../view/to-view-settings.js');
  const view = await startViewThread(toViewSettings(config, undefined, 0), log, now);
  log.info(`page: ${view.url}`);
  return view;
}

const COMMANDS: Readonly<Record<RoleName, string>> = { worker: 'worker', trainer: 'trainer', notifier: 'notify' };

async function start(role: RoleName, config: Config, deps: RoleDeps): Promise<RoleSummary> {
  if (role === 'notifier') return (await import('../notify/notify-from-config.js')).runNotifierFromConfig(config, deps);
  if (role === 'worker') return (await import('../worker/worker-from-config.js')).runWorkerFromConfig(config, deps);
  return (await import('../trainer/trainer-from-config.js')).runTrainerFromConfig(config, deps);
}

function print(summary: RoleSummary, { json, quiet }: Required<ReportFlags>, { out }: Terminal): void {
  if (json) out.write(`${JSON.stringify(summary)}\n`);
  else if (!quiet) out.write(renderRole(summary));
}
