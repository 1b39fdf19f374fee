import { createTestDatabase } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createClient } from './client.js';
import { createDatabase } from './database.js';
import { Prisma } from './generated/client.js';

const files = await createTestDatabase();
const { client, close } = createClient({ url: files.url });

afterAll(async () => {
  await close();
  await files.drop();
});

const COLUMNS = Prisma.sql`
  ${'a "b" \\ ü'}::text AS text, NULL::text AS nothing, 7::int AS int, 9007199254740993::bigint AS bigint, 0.1::float8 AS float,
  5e-324::float8 AS least, -0.0::float8 AS minus, true AS bool, 'queued'::trial_status AS status,
  '{"b":[1,null],"a":"x"}'::json AS json, '{"a":1}'::jsonb AS jsonb, '\\x00ff'::bytea AS bytes,
  '2026-11-26 01:02:03.004+05:30'::timestamptz AS at, ARRAY['a', 'b,"']::text[] AS texts, ARRAY[1, 2]::bigint[] AS bigints`;

test('a row is what Prisma makes of it, whichever way it comes', async () => {
  const [own] = await client.$read<Record<string, unknown>[]>`SELECT ${COLUMNS}`;
  const [theirs] = await client.$queryRaw<Record<string, unknown>[]>`SELECT ${COLUMNS}`;
  const plain = (row: Record<string, unknown> = {}) => ({
    ...row,
    bytes: [...(row['bytes'] as Uint8Array)],
    bigints: String(row['bigints']), // of a list the driver leaves them text
  });
  expect(plain(own)).toEqual(plain(theirs));
  expect(Object.is(own?.['minus'], -0)).toBe(true);
});

test('parameters arrive as they are', async () => {
  const at = new Date('2026-03-29T01:30:00.123Z');
  const given = [at, 2n ** 62n, 0.1 + 0.2, Buffer.from([0, 255]), ['x', 'y"{},'], [1n, 2n], null, true] as const;
  const [date, big, float, bytes, texts, bigs, nothing, yes] = given;
  const [row] = await client.$read<unknown[]>`
    SELECT ${date}::timestamptz AS date, ${big}::bigint AS big, ${float}::float8 AS float, ${bytes}::bytea AS bytes,
      ${texts as unknown as string[]}::text[] AS texts, ${bigs as unknown as bigint[]}::bigint[] = ARRAY[1, 2]::bigint[] AS bigs,
      ${nothing}::text AS nothing, ${yes}::boolean AS yes`;
  expect(row).toEqual({ date, big, float, bytes, texts, bigs: true, nothing, yes });
});

test('what writes is refused, and what is no SQL says so', async () => {
  const write = client.$read`INSERT INTO turns (name, taken_at) VALUES ('a', now())`;
  await expect(write).rejects.toThrow('what writes goes through Prisma');
  await expect(client.$read`SELECT 1 +`).rejects.toMatchObject({ code: '42601' });
});

test('without a server whoever asks hears so; a store that asked nothing can be closed, and more than once', async () => {
  const away = createDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none' });
  await expect(away.ping()).rejects.toMatchObject({ code: 'unavailable' });
  await away.close();
  await away.close();
});
