import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { resolveRun } from '../../../src/service/run/run-settings.js';

describe('a run', () => {
  it.each([
    ['input: { paths: [a.csv] }', false],
    ['input: { paths: ["-"] }', false],
    ['input: { paths: ["-"], live: true }', true],
    ['input: { kind: kafka, kafka: { brokers: [a:1] } }', true],
  ])('of %s is live: %s', (text, live) => {
    expect(resolveRun(loadConfig({ file: { path: 'c.yaml', text } })).live).toBe(live);
  });
});
