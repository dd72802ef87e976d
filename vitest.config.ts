import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * `quick` and `web` (components of the page, in a document without a browser) are part of `npm run check`; `whole` starts
 * services, real git and real processes; `page` opens the built page in a real Chromium; `agents` runs the real agent
 * programs, and `more-agents` those of `npm run test:agents:all`.
 */
export default defineConfig({
  test: {
    // Most tests wait for other processes, so that two files at a time do well on two cores; vitest would take one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'quick',
          include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/model-server/*.test.ts', 'test/fake-*/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'web',
          include: ['web/src/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          setupFiles: 'web/src/testing/patience.ts',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/{crash,e2e,engine,suites,http,cli}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'page',
          include: ['test/page/*.test.ts'],
          globalSetup: 'test/page/build.ts',
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'agents', include: ['test/agents/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 } },
      {
        test: {
          name: 'more-agents',
          include: ['test/agents/more/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
