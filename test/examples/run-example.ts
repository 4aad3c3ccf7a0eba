import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const root = new URL('../../', import.meta.url);

/** Runs an example against the built package, as a user would, and gives what it printed. It must end by itself. */
export async function runExample(name: string): Promise<string> {
  const arguments_ = ['--import', 'tsx', `examples/${name}.ts`];
  const { stdout } = await promisify(execFile)(process.execPath, arguments_, { cwd: root, timeout: 55_000 });
  return stdout;
}
