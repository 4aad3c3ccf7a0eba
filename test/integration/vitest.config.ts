import { defineConfig } from 'vitest/config';

/** Tests that need a real broker: `npx vitest run --config test/integration/vitest.config.ts`. They fail without one. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/integration/broker.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The tests share one broker, and each is busy enough by itself.
    fileParallelism: false,
  },
});
