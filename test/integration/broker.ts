import type { TestProject } from 'vitest/node';
import { startBroker } from '../support/kafka/start.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the broker that all tests share. */
    readonly brokers: string[];
  }
}

/**
 * Starts the broker before the first test and removes it after the last; or takes the one that SEGTIDE_TEST_BROKERS names,
 * as `host:port` with commas between them. Tests use topics and groups of names of their own there, and leave them.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { SEGTIDE_TEST_BROKERS } = process.env;
  if (SEGTIDE_TEST_BROKERS) {
    project.provide('brokers', SEGTIDE_TEST_BROKERS.split(','));
    return undefined;
  }
  const broker = await startBroker();
  project.provide('brokers', broker.brokers);
  return () => broker.remove();
}
