import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommand } from '../support/faults/build-command.js';
import { openStage } from '../support/faults/open-stage.js';
import { REFUSALS } from '../support/faults/refusals.js';
import type { Stage } from '../support/faults/scenario.js';
import { SCENARIOS, SMALL } from '../support/faults/scenarios.js';

// Real processes on a broker of their own, which some of these kill; `bench/reliability.ts --full` is the same at size.
let stage: Stage;
beforeAll(async () => {
  stage = await openStage(buildCommand(), SMALL);
});
afterAll(() => stage?.broker.remove());

describe('workers lose, repeat and change nothing', () => {
  it.each(SCENARIOS.filter(({ isRare }) => isRare !== true))('$name', async ({ play }) => {
    const { faults, deviations } = await play(stage, SMALL);
    expect(deviations).toMatchObject({ lost: 0, repeated: 0, different: 0, examples: [] });
    expect(deviations.expected).toBeGreaterThan(stage.records.length / 10);
    expect(faults).toBeGreaterThan(0);
  });
});

describe('a worker refuses what would split a customer', () => {
  it.each(REFUSALS)('$name', async ({ meet, code, says }) => {
    const end = await meet(stage);
    expect(end.text).toContain(says);
    expect(end.code).toBe(code);
  });
});
