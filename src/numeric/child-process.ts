import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Starts a process of its own on a module of this package, from the build (.js) and from the sources (.ts) alike.
 *
 * The caller names the module beside its own, always as it is called after the build:
 * `toChildProcess(new URL('./training-process.js', import.meta.url))`. What is sent keeps its types (typed arrays,
 * NaN, undefined). The child takes none of the parent's Node options (an inspector's port, say) but those in
 * NODE_OPTIONS; its standard output goes nowhere, its standard error to the parent.
 *
 * @param execArgv Node options of the child
 */
export function toChildProcess(url: URL, execArgv: readonly string[] = []): ChildProcess {
  const fromSource = import.meta.url.endsWith('.ts');
  const path = fileURLToPath(fromSource ? url.href.replace(/\.js$/, '.ts') : url);
  return fork(path, {
    execArgv: [...execArgv, ...(fromSource ? ['--import', tsxLoader()] : [])],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function tsxLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
