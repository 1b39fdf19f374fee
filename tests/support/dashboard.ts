import { createTestDatabase, testRedis } from '@caviar/testing';
import type { Browser } from 'playwright-core';
import { createTestApp, type TestApp } from '../../apps/api/testing/test-app.js';
import { openBrowser } from './browser.js';

/** A service whose trials nobody trains but the test, and a browser that may look at it. */
export interface Dashboard {
  readonly service: TestApp;
  readonly url: string;
  readonly databaseUrl: string;
  readonly browser: Browser;
  /** Once the service is closed: another one on the same servers, at the same address. The caller closes it before this. */
  again(): Promise<TestApp>;
  close(): Promise<void>;
}

export async function openDashboard(
  chromium: string,
  options: Parameters<typeof createTestApp>[1] = {},
): Promise<Dashboard> {
  const database = await createTestDatabase();
  const redis = testRedis();
  const service = await createTestApp({ database, redis }, options);
  const host = '127.0.0.1';
  const [url, browser] = await Promise.all([service.app.listen({ host, port: 0 }), openBrowser(chromium)]);
  return {
    service,
    url,
    databaseUrl: database.url,
    browser,
    async again() {
      const other = await createTestApp({ database: { ...database, drop: async () => {} }, redis }, options);
      await other.app.listen({ host, port: Number(new URL(url).port) });
      return other;
    },
    async close() {
      await browser.close();
      await service.close();
    },
  };
}
