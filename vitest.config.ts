import { defineConfig } from 'vitest/config'

// Unit tests lie beside the code and start no process; e2e tests start real ones and so run one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{src,chaos,reports,scenarios,reference-server}/**/*.test.ts',
            'tests/{contract,golden,simulation,tidy,truth}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.e2e.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup: 'tests/e2e/watch-machine.ts',
          include: [
            'tests/e2e/**/*.test.ts',
            '{src,chaos,reference-server,tests/contract,tests/truth}/**/*.e2e.test.ts',
          ],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 600_000,
          hookTimeout: 900_000,
          // Vitest's own second is too short for what starts a process.
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        // Needs a Chromium (SQUALL_CHROMIUM, else /usr/bin/chromium), which not every machine has: `npm run test:browser`.
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
})
