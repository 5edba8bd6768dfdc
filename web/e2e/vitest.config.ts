import { defineConfig } from 'vitest/config';

/** Against the real service: `URL` and `PASSWORD` say where it is and how its accounts log in. */
export default defineConfig({
  test: {
    include: [process.env.SUITE === 'screenshots' ? 'e2e/screenshots.ts' : 'e2e/*.e2e.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    maxWorkers: 1,
  },
});
