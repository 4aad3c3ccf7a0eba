import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const root = new URL('../../', import.meta.url);

/** Milliseconds that several examples may take on a machine that has other work. */
export const SLOWEST = 590_000;

/** Runs an example against the built package, as a user would, and gives what it printed. It must end by itself. */
export async function runExample(name: string): Promise<string> {
  return run([`examples/${name}.ts`], 110_000);
}

/** Runs several one after another, each with its size, and gives what each printed by its name. */
export async function runExamples(sizes: Readonly<Record<string, number>>): Promise<ReadonlyMap<string, string>> {
  const arguments_ = Object.entries(sizes).flatMap(([name, size]) => [name, String(size)]);
  const [, ...parts] = (await run(['test/examples/run-in-turn.ts', ...arguments_], SLOWEST)).split(/^== /m);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
}

async function run(program: readonly string[], timeout: number): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', ...program], {
    cwd: root,
    timeout,
  });
  return stdout;
}
