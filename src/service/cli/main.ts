#!/usr/bin/env node
import { toStreamError } from '../../transport/file/file-error.js';
import { EXIT_CODES } from './exit-code.js';
import { main } from './program.js';
import { reportError } from './report-error.js';

const args = process.argv.slice(2);
const terminal = { out: process.stdout, err: process.stderr, env: process.env, now: Date.now };

function fail(error: unknown): never {
  const style = { json: args.includes('--json'), debug: args.includes('--debug') };
  process.exit(reportError(error, style, terminal));
}
process.on('uncaughtException', fail);
// A reader that left early (`segtide run … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  fail(toStreamError(error, 'standard output'));
});
// Nothing can be told any more.
process.stderr.on('error', () => process.exit(EXIT_CODES.output));

// TensorFlow would fill the terminal with hints on its own kernels; errors still come.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

process.exitCode = await main(args, terminal);
// All is written by now; a thread or socket that was left open must not keep the program alive.
setTimeout(() => process.exit(), 2000).unref();
