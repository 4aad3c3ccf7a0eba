import { defineConfig } from 'vitest/config';

// Needs Prometheus of this machine, or Debian's package repositories.
export default defineConfig({
  test: { include: ['test/prometheus/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
