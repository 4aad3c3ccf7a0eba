import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the tools that test/support/chart/install.sh fetches. */
    chartTools: string;
  }
}

/** Fetches the tools before any test, for which a minute of building is no test's time. */
export default function setUp(project: TestProject): void {
  const script = join(import.meta.dirname, 'install.sh');
  project.provide('chartTools', execFileSync('bash', [script], { encoding: 'utf8' }).trim());
}
