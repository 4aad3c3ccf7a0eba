// Faults on a real broker (Java 17, Maven) and what became of the results: the table of docs/reliability.md.
//
//   npx tsx bench/reliability.ts [--scenario <part of a name, as a regular expression>] [--many | --full]
//
// --many: as many faults as --full, on the stream of a test, which is a fortieth as long.
import { parseArgs } from 'node:util';
import { buildCommand } from '../test/support/faults/build-command.js';
import { openStage } from '../test/support/faults/open-stage.js';
import { FULL, SCENARIOS, SMALL } from '../test/support/faults/scenarios.js';

const { values } = parseArgs({
  options: { scenario: { type: 'string', default: '' }, many: { type: 'boolean' }, full: { type: 'boolean' } },
});
const { customers, days, partitions } = SMALL;
const many = { ...FULL, customers, days, partitions };
const sizes = values.full === true ? FULL : values.many === true ? many : SMALL;
const isMeant = new RegExp(values.scenario);
const stage = await openStage(buildCommand(), sizes);
try {
  console.log('| scenario | faults | events | results | lost | repeated | different | longest pause | |');
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|---|');
  for (const { name, play } of SCENARIOS) {
    if (!isMeant.test(name)) continue;
    const { faults, events, deviations, longestPauseMs, notes } = await play(stage, sizes);
    const { expected, lost, repeated, different, examples } = deviations;
    const seconds = `${(longestPauseMs / 1000).toFixed(1)} s`;
    console.log(
      `| ${[name, faults, events, expected, lost, repeated, different, seconds, notes.join('; ')].join(' | ')} |`,
    );
    for (const example of examples) console.error(example);
  }
} finally {
  await stage.broker.remove();
}
