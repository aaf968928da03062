import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['harness/**/*.test.ts', 'suites/**/*.test.ts'],
    globalSetup: ['vitest.setup.ts'],
    testTimeout: 20_000,
  },
})
