import { z } from 'zod';
import { known } from './setting.ts';

/** `webhook`. */
export const webhookSection = z
  .object({
    enable: known('true or false', 'send events to a web server', { default: 'true when present' }),
    url: known('URL', 'where events are sent'),
    headers: z.record(z.string(), known('text', 'header of the request', { secret: true })).optional(),
    body: z
      .object({ encoding: known('`plain`, `base64`, `base62`', 'encoding of the payload', { default: 'plain' }) })
      .optional(),
    pool_size: known('number', 'requests at once', { default: '32' }),
    cancel_timeout: known('number (ms)', 'of a request', { default: '5000' }),
    ssl: known('section', 'TLS of the request', { secret: true }),
    events: known('list', 'events `{event, topic}`'),
  })
  .optional();

const database = z
  .record(
    z.string(),
    z.object({
      conn: z
        .object({
          host: known('text', 'database server'),
          username: known('text', 'user of the database'),
          password: known('text', 'password of the database', { secret: true }),
          database: known('text', 'name of the database'),
        })
        .optional(),
      rules: known('list', 'rules `{table, sql}`'),
    }),
  )
  .optional();

/** `rules`. */
export const rulesSection = z
  .object({
    sqlite: z
      .object({
        path: known('path', 'database file', { default: '/tmp/rule_engine.db' }),
        rules: known('list', 'rules `{sql, table}`'),
      })
      .optional(),
    repub: z
      .object({ rules: known('list', 'rules `{server, topic, sql, username, password, ...}`', { secret: true }) })
      .optional(),
    mysql: database,
    postgresql: database,
    timescaledb: database,
  })
  .optional();

const GATEWAY = 'belongs to a gateway program, not to the broker';
const REMOVED = 'documented by NanoMQ, not read by it';

/** Sections that NanoMQ's files may have and no broker reads. */
export const foreignSections = {
  exchange_client: known('section', REMOVED),
  parquet: known('section', REMOVED),
  gateway: known('section', GATEWAY, { secret: true }),
  dds: known('section', GATEWAY),
  forward_rules: known('section', GATEWAY),
};
