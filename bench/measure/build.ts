import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const BUILD = join(ROOT, 'node_modules/.cache/segtide-bench');

/** Compiles files of this project and what they import; returns the folder in which they lie as in the project. */
export function build(files: readonly string[]): string {
  mkdirSync(BUILD, { recursive: true });
  writeFileSync(join(BUILD, 'package.json'), '{ "type": "module" }');
  const options = ['--target', 'es2023', '--module', 'nodenext', '--noCheck', '--skipLibCheck', '--types', 'node'];
  execFileSync('npx', ['tsc', ...files, ...options, '--rootDir', '.', '--outDir', BUILD], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  return BUILD;
}
