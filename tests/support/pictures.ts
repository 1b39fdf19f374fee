import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The chart of that name, once it is drawn. */
async function drawn(page: Page, name: string) {
  const canvas = page.getByRole('region', { name, exact: true }).locator('canvas').first();
  await canvas.waitFor();
  await canvas.scrollIntoViewIfNeeded();
  return canvas;
}

async function saved(page: Page, name: string, what: string): Promise<Buffer> {
  const card = page.getByRole('region', { name, exact: true });
  await card.getByLabel(`Export ${name}`).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    card.getByRole('button', { name: what }).click(),
  ]);
  return readFile(await download.path());
}

/** The charts of a page, by name with the columns of their numbers: each gives a picture that is one, and those numbers. */
export async function expectExports(page: Page, charts: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, columns] of Object.entries(charts)) {
    await drawn(page, name);
    const picture = await saved(page, name, 'Picture (PNG)');
    expect([...picture.subarray(0, 4)], name).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(picture.length, name).toBeGreaterThan(3000);
    const [head, first] = String(await saved(page, name, 'Numbers (CSV)')).split('\r\n');
    expect(head, name).toBe(columns);
    expect(first?.split(','), name).toHaveLength(columns.split(',').length);
  }
}

/**
 * Clicks what opens something in a chart, sought as an eye would: where the cursor becomes a hand. `first` from the top, or `last`.
 * Legends above a picture and scales on its right are left out.
 */
export async function clickPoint(page: Page, name: string, which: 'first' | 'last'): Promise<void> {
  const canvas = await drawn(page, name);
  const seek = () =>
    canvas.evaluate((element, isFirst) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const [highest, lowest] = [40, height - 40];
      for (let down = 0; down < lowest - highest; down += 4) {
        const y = top + (isFirst ? highest + down : lowest - down);
        for (let x = left + width - 64; x > left + 50; x -= 4) {
          element.dispatchEvent(new MouseEvent('mousemove', { clientX: x, clientY: y, bubbles: true }));
          if ((element.parentElement as HTMLElement).style.cursor === 'pointer') return [x, y] as const;
        }
      }
      return null;
    }, which === 'first');
  let found = await seek();
  await expect.poll(async () => (found ??= await seek()), { message: `nothing to click in ${name}` }).not.toBeNull();
  await page.mouse.click(...found!);
}
