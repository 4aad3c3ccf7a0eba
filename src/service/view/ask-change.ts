import { randomUUID } from 'node:crypto';
import { SegtideError } from '../../errors.js';
import { isKnown } from '../../train/listed-model.js';
import { formersOf } from '../../train/model-history.js';
import type { ModelRequest } from '../../train/model-request.js';
import type { ModelPlace } from '../models/model-place.js';
import { httpProblem } from './api/http-problem.js';
import type { AskedChange } from './api/routes.js';

/** Makes what hands changes of models to the trainer, as requests of its own. */
export function createAsk(place: ModelPlace): (change: AskedChange) => Promise<{ id: string; doneBy: string }> {
  return async (change) => {
    const id = randomUUID();
    try {
      await place.ask(await toRequest(id, change, place));
    } catch (error) {
      // What a run that has ended, or its models, do not allow: no defect of the view.
      if (error instanceof SegtideError) throw httpProblem(error.retriable ? 503 : 409, error.message);
      throw error;
    }
    return { id, doneBy: place.doneBy };
  };
}

/** A rollback names the model that it leaves, so that it is declined where another is in force by then. */
async function toRequest(id: string, change: AskedChange, place: ModelPlace): Promise<ModelRequest> {
  if (change.kind !== 'rollback') return { id, ...change };
  const models = (await place.list()).filter(isKnown);
  const champion = models.find(({ status }) => status === 'champion');
  const [former] = formersOf(models);
  if (champion === undefined || former === undefined) throw httpProblem(409, 'there is no former model to go back to');
  return { id, ...change, from: champion.modelVersion, to: former.modelVersion };
}
