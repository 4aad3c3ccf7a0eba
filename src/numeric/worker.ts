import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread on a module of this package, from the build (.js) and from the sources (.ts) alike.
 *
 * The caller names the module beside its own, always as it is called after the build:
 * `toWorker(new URL('./parse-thread.js', import.meta.url), { … })`.
 *
 * @param url the module to run
 * @param workerData what it finds in `workerData`; shared buffers are shared, not copied
 */
export function toWorker(url: URL, workerData: unknown, options: Omit<WorkerOptions, 'workerData'> = {}): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(url, { ...options, workerData });
  // From the sources, tsx must load the thread; `--import tsx` acts on main threads only, so the thread registers it itself.
  const tsx = new URL('./api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm'))).href;
  const source = url.href.replace(/\.js$/, '.ts');
  const start = `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(source)}); })`;
  return new Worker(start, { ...options, workerData, eval: true });
}
