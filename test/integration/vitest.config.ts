import { defineConfig } from 'vitest/config';

/** Tests that need a real broker: `npx vitest run --config test/integration/vitest.config.ts`. They fail without one. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/integration/broker.ts'],
    // Nothing is told by time: the limit is for a machine that has other work.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // The tests share one broker, and each is busy enough by itself.
    fileParallelism: false,
  },
});
