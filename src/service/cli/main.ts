#!/usr/bin/env node
import { main } from './program.js';

// A reader that left early (`segtide run … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const terminal = { out: process.stdout, err: process.stderr, env: process.env, now: Date.now };
process.exitCode = await main(process.argv.slice(2), terminal);
// All is written by now; a thread or socket that was left open must not keep the program alive.
setTimeout(() => process.exit(), 2000).unref();
