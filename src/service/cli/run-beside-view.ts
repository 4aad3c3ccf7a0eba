import type { Log } from '../log.js';
import type { RunFromConfig } from '../run-from-config.js';
import type { ViewThread } from '../view/start-view-thread.js';

/** A run whose results can be looked at on a page while they come. */
export interface RunBesideView {
  readonly run: RunFromConfig;
  /** The page, once the run has begun; undefined where the config has none, or writes no files. */
  readonly view: ViewThread | undefined;
}

/**
 * Starts the page of `view` before a run, and tells it how far that is. Whoever calls closes the page.
 *
 * @param otherPorts ports after the given one that may be taken instead
 */
export function runBesideView(otherPorts: number): RunBesideView {
  let view: ViewThread | undefined;
  return {
    async run(given, deps) {
      const { runFromConfig } = await import('../run/run.js');
      const { settleStateFolder } = await import('../run/state-folder.js');
      const config = settleStateFolder(given);
      const { kind, path } = config.output;
      if (!config.view.enabled || kind !== 'directory') return runFromConfig(config, deps);
      const { startViewThread } = await import('../view/start-view-thread.js');
      const { toViewSettings } = await import('../view/to-view-settings.js');
      view = await startViewThread(toViewSettings(config, path, otherPorts), deps.log, deps.clock.now);
      announce(view.url, deps.log);
      const { progress: tellPage } = view;
      return runFromConfig(config, {
        ...deps,
        progress: (progress) => {
          deps.progress(progress);
          tellPage(progress);
        },
      });
    },
    get view() {
      return view;
    },
  };
}

/** Told as soon as there is something to open. */
function announce(url: string, log: Log): void {
  log.info(`page: ${url}`);
}
