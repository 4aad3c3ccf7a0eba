// A sink of your own: where else are results to go? This one appends each record to a file, a line of JSON each, after
// the name of its output and a tab. Records come in order, but some may come again after a restart.

import { open } from 'node:fs/promises';

const PATH = process.env.SINK_FILE ?? 'sink.txt';

/** @type {import('segtide').SinkPlugin} */
export default {
  kind: 'sink',

  // Called once in a process, before the first record; `outputs` are the names of those that will come.
  async open() {
    const file = await open(PATH, 'a');
    return {
      // Records of one output, as docs/outputs.md has them. More come when it is done.
      async write(output, records) {
        await file.appendFile(records.map((record) => `${output}\t${JSON.stringify(record)}\n`).join(''));
      },

      // Every earlier record must be safe when it is done: what comes before it is not handed over again.
      flush: () => file.datasync(),

      close: () => file.close(),
    };
  },
};
