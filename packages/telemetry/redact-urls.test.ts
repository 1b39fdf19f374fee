import { expect, test } from 'vitest';
import { redactUrls } from './redact-urls.js';

test.each([
  ['postgres://u:p@h:5432/d', 'postgres://u:***@h:5432/d'],
  ['redis://:p@h', 'redis://:***@h'],
  ['rediss://u:p@ss@h/0 and postgresql://a:b@c', 'rediss://u:***@h/0 and postgresql://a:***@c'],
  ['http://127.0.0.1:3000/a?b=c@d', 'http://127.0.0.1:3000/a?b=c@d'],
  ['no url, a:b@c', 'no url, a:b@c'],
])('%s becomes %s', (text, clean) => {
  expect(redactUrls(text)).toBe(clean);
});
