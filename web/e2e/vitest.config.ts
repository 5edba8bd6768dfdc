import { defineConfig } from 'vitest/config';

/** Against the real service: `URL` and `PASSWORD` say where it is and how its accounts log in, `CHROMIUM` where the browser is. */
export default defineConfig({
  test: {
    include: [process.env.SUITE === 'screenshots' ? 'e2e/screenshots.ts' : 'e2e/*.e2e.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    // Its own second is too short for a busy machine, and how fast it is is nothing tested here.
    expect: { poll: { timeout: Number(process.env.PATIENCE ?? 300) * 1000 } },
    // Two files at a time: more would wait for the service.
    fileParallelism: process.env.SUITE !== 'screenshots',
    maxWorkers: 2,
  },
});
