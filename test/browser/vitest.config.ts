import { defineConfig } from 'vitest/config';

// Drives the page of the built command in Chromium; `npm run build` comes first.
export default defineConfig({
  test: { include: ['test/browser/**/*.test.ts'], testTimeout: 240_000, hookTimeout: 120_000, fileParallelism: false },
});
