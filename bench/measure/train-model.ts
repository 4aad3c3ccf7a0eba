import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN, MAPPING, WINDOW } from './worker-runs.js';

/**
 * A model file of the events of a file, made once in a folder.
 *
 * @param name of the model there
 * @param sections of the config, beside input and clusters
 */
export function trainModel(folder: string, name: string, data: string, sections: object = {}): string {
  const path = join(folder, `${name}.safetensors`);
  if (existsSync(path)) return path;
  const config = join(folder, `${name}.yaml`);
  writeFileSync(config, JSON.stringify({ input: MAPPING, window: WINDOW, cluster: { k: 6 }, ...sections }));
  execFileSync(process.execPath, [MAIN, 'train', data, '--config', config, '-q', '-o', path]);
  return path;
}
