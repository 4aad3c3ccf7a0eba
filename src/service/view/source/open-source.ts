import type { Log } from '../../log.js';
import type { ViewStore } from '../store/view-store.js';
import type { ViewSettings } from '../view-settings.js';
import { createFolderSource } from './folder-source.js';
import type { ViewSource } from './view-source.js';

/** Opens where a view reads from: the folder of a run, or topics. */
export async function openSource(
  { folder, config }: Pick<ViewSettings, 'folder' | 'config'>,
  store: ViewStore,
  log: Log,
): Promise<ViewSource> {
  if (folder !== undefined) return createFolderSource(folder, store, { onProblem: (text) => log.warn(text) });
  const { createTopicSource } = await import('./topic-source.js');
  return createTopicSource(config, store, { onProblem: (text) => log.warn(text) });
}
