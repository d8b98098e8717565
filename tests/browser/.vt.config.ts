import { defineConfig } from 'vitest/config'
export default defineConfig({ test: { root: '/work/main', include: ['tests/browser/**/*.test.ts'], fileParallelism: false, testTimeout: 60_000 } })
