import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

// A page waits ever longer before it asks again for a service that is away.

const path = findChromium();

describe.skipIf(path === null)('a spec that is being written while the service is away', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard(path!);
  });
  afterAll(() => dashboard?.close());

  test('is checked again when it is back', async () => {
    const { page } = await visit(dashboard.browser);
    await page.goto(`${dashboard.url}/searches/new`);
    const start = page.getByRole('button', { name: 'Start the search' });
    await page.waitForFunction(() => document.querySelector('button.primary:enabled') !== null);
    await dashboard.service.app.close();
    await page.getByLabel('Name', { exact: true }).fill('while it was away');
    await page.getByText('the spec', { exact: true }).waitFor();
    expect(await start.isDisabled()).toBe(true);
    const back = await dashboard.again();
    try {
      await page.waitForFunction(() => document.querySelector('button.primary:enabled') !== null);
    } finally {
      await page.goto('about:blank');
      await back.close();
    }
  });
});
