import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What a page is awaited to show takes long on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
});
