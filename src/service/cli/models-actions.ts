import { randomUUID } from 'node:crypto';
import { SegtideError } from '../../errors.js';
import { isKnown, type KnownModel, type ListedModel } from '../../train/listed-model.js';
import { formersOf, surplusOf } from '../../train/model-history.js';
import { type ModelRequest, requestInWords } from '../../train/model-request.js';
import { isProvisional } from '../../train/provisional.js';
import { toAssignment } from '../config/assignment.js';
import { type ModelPlace, openModelFolder, openModelTopics } from '../models/model-place.js';
import { renderModel, renderModels } from '../summary/render-models.js';
import { findRun } from './find-run.js';
import type { ModelsFlags } from './models-command.js';
import { readConfig } from './read-config.js';
import type { Terminal } from './terminal.js';

/** Prints every model that is kept or told of. */
export async function listModels(flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const place = openPlace(flags, terminal);
  const models = await place.list();
  const { out } = terminal;
  if (flags.json) out.write(`${JSON.stringify(models)}\n`);
  else if (models.length === 0) out.write(`no model yet in ${place.name}\n`);
  else out.write(renderModels(models, out.columns ?? 160));
}

/** Prints all that is known of a model. */
export async function showModel(version: string | undefined, flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const entry = find(await openPlace(flags, terminal).list(), version);
  const { out } = terminal;
  out.write(flags.json ? `${JSON.stringify(entry)}\n` : renderModel(entry, out.columns ?? 160));
}

/** Asks for a model to be put into force. */
export async function promoteModel(version: string, flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const place = openPlace(flags, terminal);
  const entry = find(await place.list(), version);
  refuseLost(entry);
  await ask(
    place,
    { kind: 'promote', modelVersion: entry.modelVersion, ...newRequest(flags, terminal) },
    flags,
    terminal,
  );
}

/** Asks for the model that was before the one in force. */
export async function rollBack(flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const place = openPlace(flags, terminal);
  const models = await place.list();
  const champion = find(models, undefined);
  const [former] = formersOf(models.filter(isKnown));
  if (former === undefined) {
    const provisional = models.some(({ modelVersion }) => isProvisional(modelVersion))
      ? '; a provisional one was made of too few windows to go back to'
      : '';
    throw new SegtideError('state', `there is no former model in ${place.name} to go back to${provisional}`);
  }
  refuseLost(find(models, former.modelVersion));
  const versions = { from: champion.modelVersion, to: former.modelVersion };
  await ask(place, { kind: 'rollback', ...versions, ...newRequest(flags, terminal) }, flags, terminal);
}

/** Asks for a training. */
export async function retrain(flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const place = openPlace(flags, terminal);
  await ask(place, { kind: 'retrain', fresh: flags.fresh ?? false, ...newRequest(flags, terminal) }, flags, terminal);
}

/** Asks for fewer models to be kept. */
export async function pruneModels(flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const keep = Number(flags.keep);
  if (!Number.isInteger(keep) || keep < 1) {
    throw new SegtideError('config', `--keep must be a whole number of at least 1; got ${flags.keep}`);
  }
  const place = openPlace(flags, terminal);
  const { dropped, released } = surplusOf((await place.list()).filter(isKnown), keep);
  if (dropped.length + released.length === 0) {
    throw new SegtideError(
      'state',
      `nothing to prune in ${place.name}: there are no more than ${keep} former models, nor refused ones`,
    );
  }
  await ask(place, { kind: 'prune', keep, ...newRequest(flags, terminal) }, flags, terminal);
}

function openPlace({ output, config: path, set = [], json = false }: ModelsFlags, { env, err }: Terminal): ModelPlace {
  if (output !== undefined) return openModelFolder(output);
  const config = readConfig(path, set.map(toAssignment), env);
  const folder = findRun(config, undefined, { asks: 'segtide models', names: '--output' }, (text) => {
    if (!json) err.write(`${text}\n`);
  });
  return folder === undefined ? openModelTopics(config) : openModelFolder(folder);
}

/** The model of a name, or of the one name that begins so; that in force where none is given. */
function find(models: readonly ListedModel[], version: string | undefined): KnownModel {
  const found =
    version === undefined
      ? models.filter(({ status }) => status === 'champion')
      : models.filter(({ modelVersion }) => modelVersion === version || modelVersion.startsWith(`${version}-`));
  const [only] = found;
  if (found.length === 1 && only !== undefined) {
    if (isKnown(only)) return only;
    throw new SegtideError('state', only.problem);
  }
  const names = models.map(({ modelVersion }) => modelVersion).join(', ') || 'none';
  throw new SegtideError('state', `there is no model ${version ?? 'in force'}; there are: ${names}`);
}

/** What can be told before the trainer is asked. */
function refuseLost({ modelVersion, status, sha256, problem }: KnownModel): void {
  if (status === 'champion') throw new SegtideError('state', `${modelVersion} is in force already`);
  if (sha256 !== null && problem === null) return;
  const why = problem ?? (status === 'failed' ? 'its training gave no model' : 'its file is not kept');
  throw new SegtideError('state', `${modelVersion} can't be put into force: ${why}`);
}

/** The time first, so that requests sort by it. */
function newRequest({ reason = '' }: ModelsFlags, { now }: Terminal): Pick<ModelRequest, 'id' | 'reason'> {
  return { id: `${String(now()).padStart(15, '0')}-${randomUUID().slice(0, 8)}`, reason };
}

async function ask(
  place: ModelPlace,
  request: ModelRequest,
  { json = false, quiet = false }: ModelsFlags,
  { out }: Terminal,
): Promise<void> {
  await place.ask(request);
  if (json) out.write(`${JSON.stringify({ asked: request, place: place.name })}\n`);
  else if (!quiet)
    out.write(
      `asked for: ${requestInWords(request)}; ${place.doneBy}. What came of it: segtide models list, output model-events\n`,
    );
}
