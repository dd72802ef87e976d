import { defineConfig } from 'vitest/config';

/** Two projects: `quick` is part of `npm run check`; `whole` starts services, real git and real processes. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/model-server/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/{agents,crash,e2e,engine,suites,http,cli}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
