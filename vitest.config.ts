import { defineConfig } from 'vitest/config';

// `npm test` runs what needs neither a broker nor the built command; those have configurations of their own.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/integration/**',
      'test/command/**',
      'test/prometheus/**',
      'test/chart/**',
      'test/browser/**',
      'node_modules/**',
    ],
    setupFiles: ['./test/support/property-seed.ts'],
    // Nothing is told by time: the limit is for a machine that has other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // By default one core is left to others, which is half of two.
    maxWorkers: '100%',
    reporters: ['default', './test/support/left-out.ts'],
  },
});
