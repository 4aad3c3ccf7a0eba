import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file that ships in the package; sources and build lie equally deep below its root. */
export function packagePath(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** Version in the package's manifest. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }).version;
}
