import { workerData } from 'node:worker_threads';

// A thread beside a training, which has no event loop of its own meanwhile: ends the process when its parent is gone.

const LOOK_EVERY_MS = 200;

setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY_MS);
