// Run by: node --test
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sinkPluginContract } from 'segtide/contract';

process.env.SINK_FILE = join(await mkdtemp(join(tmpdir(), 'sink-')), 'sink.txt');
const { default: plugin } = await import('./sink.mjs');

/** What has arrived, read from the outside. */
async function received() {
  const lines = (await readFile(process.env.SINK_FILE, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => line.split('\t')).map(([output, record]) => [output, JSON.parse(record)]);
}

for (const { name, run } of sinkPluginContract(plugin, { received })) test(name, run);
