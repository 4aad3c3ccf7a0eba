import { text } from 'node:stream/consumers';
import { SegtideError } from '../../errors.js';
import { toAssignment } from '../config/assignment.js';
import type { Config } from '../config/schema.js';
import { type ForgetSummary, forgetCustomers } from '../forget/forget-customers.js';
import { formatCount, formatCounted } from '../summary/format.js';
import type { ForgetFlags } from './forget-command.js';
import { readConfig } from './read-config.js';
import { requireKafka } from './require-kafka.js';
import type { Terminal } from './terminal.js';

/**
 * Asks for customers to be forgotten, and tells what that does and what it can't do.
 *
 * @throws SegtideError `config` without any customer
 */
export async function forgetAndReport(
  customers: readonly string[],
  { config: path, set = [], json = false, quiet = false }: ForgetFlags,
  { env, out, now }: Terminal,
): Promise<void> {
  const config = readConfig(path, set.map(toAssignment), env);
  requireKafka(config, 'segtide forget');
  const customerIds = await readCustomers(customers);
  const summary = await forgetCustomers(config, customerIds, { now });
  if (json) out.write(`${JSON.stringify(summary)}\n`);
  else if (!quiet) out.write(render(summary, config));
}

async function readCustomers(customers: readonly string[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const customer of customers) {
    if (customer !== '-') ids.add(customer);
    else for (const line of (await text(process.stdin)).split(/\r?\n/)) ids.add(line);
  }
  ids.delete('');
  if (ids.size > 0) return [...ids];
  throw new SegtideError('config', 'no customer to forget: name ids, or give them on standard input, one a line');
}

function render({ customers, topic, partitions }: ForgetSummary, { input }: Config): string {
  const counted = formatCounted(customers, 'customer');
  const where =
    partitions === 1 ? `the partition of ${topic}` : `all ${formatCount(partitions)} partitions of ${topic}`;
  return `asked by ${where} to forget ${counted}

With their next commit workers drop open windows and last segments, the trainer samples of ${customers === 1 ? 'it' : 'them'}, and output
topics get a record without a value; workers that are not running now do so when they start.
What stays: records of ${input.kafka!.topics.join(', ')}, older outputs and dead letters until their retention ends,
and earlier state until it is compacted. Events that still come make a new customer. docs/kafka.md has the details.
`;
}
