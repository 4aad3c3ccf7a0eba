import { concatMap, type Observable } from 'rxjs';
import type { Learner } from './worker/learner.js';
import type { Page, Pages } from './worker/pages.js';
import type { Publisher } from './worker/publisher.js';
import { pullThrough } from './worker/pull-through.js';
import type { Scorer } from './worker/scorer.js';

/** The stages of a worker, ready to run. */
export interface PipelineStages {
  /** source → ingest → window */
  readonly pages: Pick<Pages, 'next'>;
  /** Takes a model that is ready into force, from the page on that is at hand. */
  takeModel(): Promise<void>;
  /** series → encode → cluster */
  readonly scorer: Pick<Scorer, 'score'>;
  readonly publisher: { publish(...page: Parameters<Publisher['publish']>): Promise<unknown> };
  readonly learner: Pick<Learner, 'learn'>;
}

/**
 * The worker's stages, composed once, in this order. Each page is scored with one model, published, and only then
 * learnt from: assignment comes before learning. Emits each page when it is dealt with.
 */
export function createPipeline({ pages, takeModel, scorer, publisher, learner }: PipelineStages): Observable<Page> {
  return pullThrough(
    () => pages.next(),
    (page$) =>
      page$.pipe(
        concatMap(async (page) => {
          await takeModel();
          return { page, scored: await scorer.score(page.windows) };
        }),
        concatMap(async ({ page, scored }) => {
          await publisher.publish(page, scored);
          return { page, scored };
        }),
        concatMap(async ({ page, scored }) => {
          await learner.learn(scored, page.endsWave);
          return page;
        }),
      ),
  );
}
