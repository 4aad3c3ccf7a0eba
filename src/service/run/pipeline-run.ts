import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { tryEncoderFile } from '../../encode/check-encoder-file.js';
import { SegtideError } from '../../errors.js';
import type { SourcePosition } from '../../ports.js';
import { createSegmentation, type Segmentation } from '../../segmentation.js';
import type { AdoptedModel } from '../../train/adopt-model.js';
import { type ModelRequest, requestInWords } from '../../train/model-request.js';
import { packageVersion } from '../cli/package-path.js';
import { maskSecrets } from '../config/mask-secrets.js';
import type { Config } from '../config/schema.js';
import { createFolderRegistry } from '../models/folder-registry.js';
import { MODELS_FOLDER, REQUESTS_FOLDER } from '../models/model-place.js';
import { createRequestFolder, type RequestFolder } from '../models/request-folder.js';
import type { RunDeps } from '../run-from-config.js';
import type { RunSummary } from '../run-summary.js';
import { buildSummary } from './build-summary.js';
import type { RunOutputs } from './open-outputs.js';
import type { RunSource } from './open-source.js';
import type { RunCheckpoint, RunFolder } from './run-folder.js';
import type { RunSettings } from './run-settings.js';
import { tellUnembedded, tellUnjudged, tellUnmeasured } from './tell-lost-windows.js';

/**
 * A stop waits so long for the end of an input batch, where a checkpoint can be written: for its windows, and for a
 * training that they need. Supervisors that kill what does not end give at least as much.
 */
const STOP_WITHIN_MS = 10_000;

/** One run, from its first batch or its checkpoint to its end or a stop. */
export class PipelineRun {
  readonly #config: Config;
  readonly #deps: RunDeps;
  readonly #settings: RunSettings;
  readonly #input: RunSource;
  readonly #outputs: RunOutputs;
  readonly #folder: RunFolder;
  readonly #startedAt: number;
  /** Undefined where there is no folder for them. */
  readonly #requests: RequestFolder | undefined;
  /** What was done of them since the last checkpoint. */
  readonly #taken: ModelRequest[] = [];
  #segmentation!: Segmentation;
  #checkpointAt: number;
  #phase = 'reading';
  #done: number | undefined;
  #eventsBefore = 0;

  constructor(
    config: Config,
    deps: RunDeps,
    settings: RunSettings,
    input: RunSource,
    outputs: RunOutputs,
    folder: RunFolder,
  ) {
    this.#config = config;
    this.#deps = deps;
    this.#settings = settings;
    this.#input = input;
    this.#outputs = outputs;
    this.#folder = folder;
    this.#startedAt = deps.clock.now();
    this.#checkpointAt = this.#startedAt;
    const models = this.#models();
    if (models !== undefined) {
      this.#requests = createRequestFolder(join(models, REQUESTS_FOLDER), (text) => deps.log.warn(text));
    }
  }

  async run(from: RunCheckpoint | undefined, initialModel: AdoptedModel | undefined): Promise<RunSummary> {
    const { clock, signal, log } = this.#deps;
    let isCutShort = false;
    const { encoder, series } = this.#settings.segmentation.trainer.model;
    await tryEncoderFile(encoder, series);
    const models = this.#models();
    const segmentation = createSegmentation(
      this.#settings.segmentation,
      this.#input.source,
      this.#outputs.sinks,
      {
        clock: this.#settings.live ? clock : undefined,
        encodeThreads: this.#config.run.encodeThreads,
        initialModel,
        metrics: this.#deps.metrics,
        registry: models === undefined ? undefined : createFolderRegistry(models),
        onModelLost: (text) => log.warn(`the file of a model was lost: ${text}`),
        between: () => this.#between(),
        beforePage: () => this.#takeRequests(),
        isStopped: () => signal.aborted || this.#outputs.ended,
        isCutShort: () => this.#outputs.ended || isCutShort,
        onProgress: (number, { updates, of }) => {
          this.#phase = updates < of ? `training v${number}` : 'reading';
          this.#done = updates < of ? updates / of : undefined;
          // A replay waits for its trainings, and no page comes meanwhile.
          this.#show();
        },
        onEncoderFailure: tellUnembedded(log),
        onRuleFailure: tellUnjudged(log),
        onStatisticFailure: tellUnmeasured(log),
        onFailure: ({ modelVersion, why }) => log.warn(`${modelVersion}: ${why.join('; ')}`),
      },
      from?.state,
    );
    this.#segmentation = segmentation;
    this.#eventsBefore = segmentation.windower.fates.in;
    if (from !== undefined) log.info('resumed', { events: this.#eventsBefore });
    let deadline: NodeJS.Timeout | undefined;
    const stop = (): void => {
      deadline = setTimeout(() => {
        isCutShort = true;
        // A training would keep whoever waits for it until it is done.
        void segmentation.stop();
      }, STOP_WITHIN_MS);
    };
    signal.addEventListener('abort', stop);
    try {
      await lastValueFrom(segmentation.page$.pipe(tap(() => this.#show())), { defaultValue: undefined });
      const interrupted = signal.aborted || this.#outputs.ended;
      if (!interrupted) {
        this.#phase = 'last results';
        this.#show();
        await segmentation.end();
      }
      return await this.#conclude(interrupted);
    } catch (error) {
      if (signal.aborted && error instanceof SegtideError && error.code === 'aborted') return await this.#cutShort();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(deadline);
      await segmentation.stop();
    }
  }

  async #between(): Promise<void> {
    this.#refuseMoved();
    await this.#takeRequests();
    const due = this.#deps.clock.now() - this.#checkpointAt >= this.#config.run.checkpointEvery;
    if (!due && !this.#input.wantsCommit && this.#taken.length === 0) return;
    await this.#checkpoint();
    this.#checkpointAt = this.#deps.clock.now();
  }

  /** Folder of the models; undefined where outputs are in no folder. */
  #models(): string | undefined {
    const { path } = this.#config.output;
    return path === undefined ? undefined : join(path, MODELS_FOLDER);
  }

  /** Does what is asked for by hand. It is asked for until the next checkpoint, so that a kill before does not lose it. */
  async #takeRequests(): Promise<void> {
    for (const request of await this.#waiting()) {
      this.#taken.push(request);
      this.#deps.log.info('asked by hand', { request: requestInWords(request), reason: request.reason });
      await this.#segmentation.trainer.request(request);
    }
  }

  async #waiting(): Promise<readonly ModelRequest[]> {
    const waiting = (await this.#requests?.waiting()) ?? [];
    return waiting.filter(({ id }) => !this.#taken.some((taken) => taken.id === id));
  }

  async #forgetRequests(): Promise<void> {
    await this.#requests?.done(this.#taken.splice(0));
  }

  /** Windows of partitions that another process reads now are here and not there: neither of the two may go on. */
  #refuseMoved(): void {
    const moved = this.#input.takeRevoked();
    if (moved.length === 0) return;
    throw new SegtideError(
      'transport',
      `another process of the consumer group took over ${moved.join(', ')}, and open windows do not move with partitions yet. Run one process per group; a restart of this one goes on from its checkpoint in ${this.#config.output.path}`,
    );
  }

  /** Makes everything so far safe. In this order a crash in between repeats work, and never loses any. */
  async #checkpoint(): Promise<void> {
    if (!this.#input.resumable) {
      // There is none of standard input; what came of it reaches its files all the same.
      await this.#outputs.flush();
      return this.#forgetRequests();
    }
    // 1. The position of what has been dealt with.
    const position: SourcePosition = this.#input.source.position();
    // 2. Every record that came of it is safe.
    await this.#outputs.flush();
    // 3. The state, with the position and the sizes of the outputs that belong to it.
    await this.#folder.save({
      position,
      outputs: this.#outputs.sizes() && {
        sizes: this.#outputs.sizes()!,
        records: Object.fromEntries(this.#outputs.summary.map(({ output, records }) => [output, records])),
      },
      state: this.#segmentation.snapshot(),
    });
    // 4. What it stands for is asked for no more, and the broker may forget it.
    await this.#forgetRequests();
    await this.#input.commit(position);
  }

  async #conclude(interrupted: boolean): Promise<RunSummary> {
    if (interrupted) {
      this.#refuseMoved();
      if (!this.#segmentation.isAtRest) return this.#cutShort();
      await this.#checkpoint();
      await this.#outputs.flush();
      return this.#summary(true);
    }
    for (const request of await this.#waiting()) {
      this.#taken.push(request);
      await this.#segmentation.trainer.decline(request, 'the input had ended');
    }
    await this.#outputs.flush();
    const summary = this.#summary(false);
    await this.#folder.finish(summary);
    await this.#forgetRequests();
    return summary;
  }

  /** In the midst of an input batch, or of the last results, there is no state to go on from: the last checkpoint stands. */
  async #cutShort(): Promise<RunSummary> {
    if (this.#input.resumable && !this.#outputs.ended) {
      this.#deps.log.warn(
        'stopped before a checkpoint could be written: --resume makes what came since the last one again',
      );
    }
    await this.#outputs.flush();
    return this.#summary(true);
  }

  #summary(interrupted: boolean): RunSummary {
    const { fates } = this.#segmentation.windower;
    return buildSummary(this.#segmentation, {
      name: this.#config.name,
      identity: this.#settings.identity,
      version: packageVersion(),
      config: maskSecrets(this.#config) as Config,
      seconds: (this.#deps.clock.now() - this.#startedAt) / 1000,
      eventsHere: fates.in - this.#eventsBefore,
      outputs: [...this.#outputs.summary, ...(interrupted ? [] : this.#folder.filesOfFinished)],
      interrupted,
    });
  }

  #show(): void {
    const { windower, publisher, scorer } = this.#segmentation;
    this.#deps.progress({
      phase: this.#phase,
      ...(this.#done !== undefined && { done: this.#done }),
      events: windower.fates.in,
      windows: publisher.counts.windows,
      watermark: windower.watermark,
      modelVersion: scorer.modelVersion,
    });
  }
}
