import { concatMap, type Observable } from 'rxjs';
import type { Page, Pages } from './worker/pages.js';
import type { Published, Publisher } from './worker/publisher.js';
import { pullThrough } from './worker/pull-through.js';
import type { Scored, Scorer } from './worker/scorer.js';

/** The stages of a worker, ready to run. */
export interface PipelineStages {
  /** source → ingest → window */
  readonly pages: Pick<Pages, 'next'>;
  /** Takes a model that is ready into force, from the page on that is at hand. */
  takeModel(): Promise<void>;
  /** series → encode → cluster */
  readonly scorer: Pick<Scorer, 'score'>;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly learner: { learn(scored: Scored, published: Published, endsWave: boolean | undefined): Promise<void> };
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
          return { page, scored, published: await publisher.publish(page, scored) };
        }),
        concatMap(async ({ page, scored, published }) => {
          await learner.learn(scored, published, page.endsWave);
          return page;
        }),
      ),
  );
}
