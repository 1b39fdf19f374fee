import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@caviar/source'] },
  ssr: { resolve: { conditions: ['@caviar/source'] } },
  test: {
    include: ['apps/**/*.test.ts', 'packages/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
