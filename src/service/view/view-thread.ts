import { parentPort, workerData } from 'node:worker_threads';
import { SegtideError } from '../../errors.js';
import type { Log } from '../log.js';
import { createView } from './create-view.js';
import type { FromViewThread, ToViewThread } from './start-view-thread.js';
import type { ViewSettings } from './view-settings.js';

// A view beside a run: its database and its answers never hold up the stream.

const port = parentPort!;
const tell = (told: FromViewThread): void => port.postMessage(told);
const logAt = (level: 'debug' | 'info' | 'warn' | 'error'): Log['info'] => {
  return (text, fields) => tell({ kind: 'log', level, text, fields });
};
const log: Log = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

try {
  const view = await createView(workerData as ViewSettings, log);
  view.ended.catch((error: Error) => log.error(`the view stopped reading: ${error.message}`));
  port.on('message', async (asked: ToViewThread) => {
    if (asked.kind === 'progress') return view.progress(asked.progress);
    await view.close();
    port.close();
  });
  tell({ kind: 'listening', url: view.url });
} catch (error) {
  const code = error instanceof SegtideError ? error.code : undefined;
  tell({ kind: 'failed', message: (error as Error).message, code });
}
