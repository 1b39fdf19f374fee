// adapter-pg 7.10 serves queries well; as the base of a migration engine it has five faults. Each is mended here.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { connectionFields, dropDatabase, schemaOf, withClient } from './connection.mjs';

// 1. The catalog's internal type "char" (oid 18) is unknown to adapter-pg, and the engine panics unless such a column
//    says Character. The session presents it as bpchar and notes which columns of the running query were renamed.
const INTERNAL_CHAR = 18;
const BPCHAR = 1042;
/** @type {AsyncLocalStorage<number[]>} */
const renamedColumns = new AsyncLocalStorage();

/** @param {unknown} results one result or, for a batch, several */
function renameInternalChar(results) {
  for (const result of [results].flat()) {
    const fields = /** @type {{ fields?: { dataTypeID: number }[] } | undefined} */ (result)?.fields ?? [];
    fields.forEach((field, index) => {
      if (field.dataTypeID !== INTERNAL_CHAR) return;
      field.dataTypeID = BPCHAR;
      renamedColumns.getStore()?.push(index);
    });
  }
  return results;
}

class Client extends pg.Client {
  /** @param {any[]} parameters */
  query(...parameters) {
    const callback = parameters.at(-1);
    if (typeof callback === 'function') {
      parameters[parameters.length - 1] = AsyncLocalStorage.bind(
        (/** @type {unknown} */ error, /** @type {unknown} */ result) => callback(error, renameInternalChar(result)),
      );
    }
    const answer = /** @type {any} */ (super.query)(...parameters);
    return typeof answer?.then === 'function' ? answer.then(renameInternalChar) : answer;
  }
}

/**
 * Mends a connection or a transaction in place.
 *
 * @param {any} queryable
 */
function mend(queryable) {
  const queryRaw = queryable.queryRaw.bind(queryable);
  queryable.queryRaw = (/** @type {unknown} */ query) => {
    /** @type {number[]} */
    const columns = [];
    return renamedColumns.run(columns, async () => {
      const result = await queryRaw(query);
      for (const column of columns) result.columnTypes[column] = ColumnTypeEnum.Character;
      return result;
    });
  };
  if (queryable.underlyingDriver !== undefined) {
    // 2. adapter-pg splits a script on every `;`, which tears $$ bodies apart. The simple protocol takes it whole.
    queryable.executeScript = async (/** @type {string} */ script) => {
      try {
        await queryable.underlyingDriver().query(withItsEnd(script));
      } catch (error) {
        throw asAdapterError(error);
      }
    };
  }
  if (queryable.startTransaction !== undefined) {
    const startTransaction = queryable.startTransaction.bind(queryable);
    queryable.startTransaction = async (/** @type {unknown[]} */ ...options) =>
      mend(await startTransaction(...options));
  }
  return queryable;
}

/**
 * A script of several statements is one transaction. The engine writes down that a migration is finished in another, after it: a
 * crash in between left a database that has the migration and does not know. So the script says it itself, of the row
 * that the engine has made for it. What has not got there has not happened, and `migrate` may try it again.
 *
 * @param {string} script
 */
function withItsEnd(script) {
  if (/\bCONCURRENTLY\b/i.test(script)) return script; // refuses to be part of a transaction
  const checksum = createHash('sha256').update(script).digest('hex');
  return `${script}
;
DO $$ BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    UPDATE _prisma_migrations SET finished_at = now()
    WHERE checksum = '${checksum}' AND finished_at IS NULL AND rolled_back_at IS NULL;
  END IF;
END $$`;
}

/** @param {any} error */
function asAdapterError(error) {
  if (error?.code === undefined) return error;
  return new DriverAdapterError({
    kind: 'postgres',
    code: error.code,
    severity: error.severity ?? 'ERROR',
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
    originalCode: error.code,
    originalMessage: error.message,
  });
}

/** Connections for the engine: the real database, and a shadow one that is created and dropped on demand. */
export class MigrationAdapterFactory extends PrismaPg {
  #datasource;

  /** @param {import('./arguments.mjs').Datasource} datasource */
  constructor(datasource) {
    super(poolConfig(datasource.url), adapterOptions(datasource));
    this.#datasource = datasource;
  }

  async connect() {
    return mend(await super.connect());
  }

  // 3. adapter-pg drops the shadow database while its own pool still holds a session in it, and
  // 4. loses the database's name when it was given a connection string (hence connectionFields).
  //    (5, the panic registry, is in engine.mjs.)
  async connectToShadowDb() {
    const { url, shadowDatabaseUrl } = this.#datasource;
    if (shadowDatabaseUrl !== undefined && shadowDatabaseUrl !== '') {
      return mend(await new PrismaPg(poolConfig(shadowDatabaseUrl), adapterOptions(this.#datasource)).connect());
    }
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    await withClient(url, (client) => client.query(`CREATE DATABASE "${database}"`), 'postgres');
    const config = { ...poolConfig(url), database };
    const shadow = mend(await new PrismaPg(config, adapterOptions(this.#datasource)).connect());
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await dropDatabase(url, database);
    };
    return shadow;
  }
}

/** @param {string | undefined} url */
function poolConfig(url) {
  return { ...connectionFields(url), Client, max: 1 };
}

/** @param {import('./arguments.mjs').Datasource} datasource */
function adapterOptions({ url }) {
  const schema = schemaOf(url);
  return schema === undefined ? {} : { schema };
}
