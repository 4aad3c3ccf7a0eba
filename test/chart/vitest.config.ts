import { defineConfig } from 'vitest/config';

// Needs Go, Python 3 and the internet the first time, for helm, kubeconform and hadolint: test/support/chart/install.sh.
export default defineConfig({
  test: {
    include: ['test/chart/**/*.test.ts'],
    globalSetup: ['test/support/chart/set-up.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
