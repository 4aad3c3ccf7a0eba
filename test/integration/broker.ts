import type { TestProject } from 'vitest/node';
import { startBroker } from '../support/kafka/start.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the broker that all tests share. */
    readonly brokers: string[];
  }
}

/** Starts the broker before the first test and removes it after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startBroker();
  project.provide('brokers', broker.brokers);
  return () => broker.remove();
}
