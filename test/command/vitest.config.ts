import { defineConfig } from 'vitest/config';

// Runs the built command as users do; `npm run build` comes first.
export default defineConfig({
  test: { include: ['test/command/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false },
});
