import { defineConfig } from 'vitest/config';

// `npm test` runs everything that needs no broker; `test/integration` runs with SEGTIDE_TEST_KAFKA=host:port (CI always does).
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'test/command/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
