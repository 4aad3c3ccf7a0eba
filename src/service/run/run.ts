import { SegtideError } from '../../errors.js';
import type { Config } from '../config/schema.js';
import type { NotifyBesideRun } from '../notify/notify-beside-run.js';
import { openPluginSinks } from '../plugin-sinks.js';
import type { RunFromConfig } from '../run-from-config.js';
import type { RunSummary } from '../run-summary.js';
import { checkPlugins } from './check-plugins.js';
import { openNotified } from './open-notified.js';
import { openOutputs, type RunOutputs } from './open-outputs.js';
import { openSource } from './open-source.js';
import { PipelineRun } from './pipeline-run.js';
import { readInitialModel } from './read-initial-model.js';
import { openRunFolder, type RunFolder } from './run-folder.js';
import { resolveRun } from './run-settings.js';
import { settleStateFolder } from './state-folder.js';
import { withPluginSinks } from './with-plugin-sinks.js';
import { writtenOutputs } from './written-outputs.js';

/** Runs the whole pipeline as a config says, but for one from Kafka to Kafka, to the end of its input or until it is told to stop. */
export const runFromConfig: RunFromConfig = async (given, deps) => {
  if (given.input.kind === 'kafka' && given.output.kind === 'kafka') {
    throw new SegtideError('config', 'from Kafka to Kafka a worker and a trainer run, and not one pipeline');
  }
  const config = settleStateFolder(given);
  const settings = resolveRun(config);
  const folder = await openRunFolder(config, settings.identity);
  const from = folder.found;
  for (const text of from?.passedOver ?? []) deps.log.warn(`checkpoint passed over: ${text}`);
  if (folder.startsOver) {
    deps.log.warn(`no checkpoint in ${config.output.path}: the run starts over, from the beginning of its input`);
  }
  if (from?.finished !== undefined) return from.finished;

  await checkPlugins(config);
  const { initial } = config.model;
  const model = settings.segmentation.trainer.model;
  const initialModel = initial === undefined || from !== undefined ? undefined : await readInitialModel(initial, model);

  const input = await openSource(config, settings, deps, from?.checkpoint.position);
  try {
    if (config.run.resume && !input.resumable) {
      throw new SegtideError(
        'config',
        '`run.resume` needs an input that can be read again: standard input cannot; write it to a file first, or start afresh',
      );
    }
    const outputs = await openWithPlugins(config, folder);
    let notified: NotifyBesideRun | undefined;
    let summary: RunSummary;
    let undelivered = 0;
    try {
      notified = await openNotified(config, deps);
      summary = await new PipelineRun(config, deps, settings, input, outputs, folder).run(
        from?.checkpoint,
        initialModel,
      );
    } catch (error) {
      // What came of a wrong setting is of no use, and must not stand in the way of the corrected run.
      const isUseless = !folder.hasCheckpoint && error instanceof SegtideError && error.code === 'config';
      if (isUseless) await outputs.discard();
      throw error;
    } finally {
      try {
        await outputs.close();
      } finally {
        undelivered = (await notified?.end()) ?? 0;
      }
    }
    return undelivered === 0 ? summary : { ...summary, undelivered };
  } finally {
    await input.source.close();
  }
};

async function openWithPlugins(config: Config, folder: RunFolder): Promise<RunOutputs> {
  const plugins = await openPluginSinks(config, writtenOutputs(config));
  try {
    // Only now, so that a start that fails leaves no folder behind.
    await folder.prepare();
    return withPluginSinks(await openOutputs(config, folder.found?.checkpoint?.outputs), plugins);
  } catch (error) {
    await plugins.close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
}
