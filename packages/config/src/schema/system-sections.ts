import { z } from 'zod';
import { known } from './setting.ts';

/** `http_server`. */
export const httpServerSection = z
  .object({
    enable: known('true or false', 'the HTTP API', { env: 'HTTP_SERVER_ENABLE' }),
    port: known('number', 'port of the HTTP API', { default: '8081', env: 'HTTP_SERVER_PORT' }),
    ip_addr: known('address', 'address of the HTTP API', { default: '0.0.0.0', env: 'HTTP_SERVER_URL' }),
    limit_conn: known('number', 'requests handled at once', { default: '32', env: 'HTTP_SERVER_PARALLEL' }),
    max_body: known('number', 'largest request body in bytes', { default: '1048576' }),
    username: known('text', 'user of the HTTP API', { default: 'admin', env: 'HTTP_SERVER_USERNAME' }),
    password: known('text', 'password of the HTTP API', { secret: true, env: 'HTTP_SERVER_PASSWORD' }),
    auth_type: known('`basic`, `jwt`, `no_auth`', 'how a caller is known', {
      default: 'basic',
      env: 'HTTP_SERVER_AUTH_TYPE',
    }),
    jwt: z
      .object({
        public: z
          .object({ keyfile: known('path', 'RS256 public key (PEM)', { env: 'HTTP_SERVER_JWT_PUBLIC_KEYFILE' }) })
          .optional(),
        private: z
          .object({ keyfile: known('path', 'not used by NanoMQ', { env: 'HTTP_SERVER_JWT_PRIVATE_KEYFILE' }) })
          .optional(),
      })
      .optional(),
  })
  .optional();

/** `system`. */
export const systemSection = z
  .object({
    daemon: known('true or false', 'run in the background', { default: 'false', env: 'DAEMON' }),
    num_taskq_thread: known('number', 'threads at the start', { env: 'NUM_TASKQ_THREAD' }),
    max_taskq_thread: known('number', 'most threads', { env: 'MAX_TASKQ_THREAD' }),
    parallel: known('number', 'asynchronous works open at once', { env: 'PARALLEL' }),
    enable_ipc_internal: known('true or false', 'local control socket', { default: 'true' }),
    hook_ipc_url: known('URL', 'socket of the hooks', { default: 'ipc:///tmp/nanomq_hook.ipc' }),
    cmd_ipc_url: known('URL', 'socket of the commands', { default: 'ipc:///tmp/nanomq_cmd.ipc' }),
  })
  .optional();

/** The keys of a cache or store in SQLite, as `sqlite` and `bridges.mqtt.cache` have them. */
export const sqliteKeys = {
  enable: known('true or false', 'use the store', { default: 'true when present' }),
  disk_cache_size: known('number', 'messages kept', { default: '102400' }),
  mounted_file_path: known('path', 'directory of the database', { default: 'working directory' }),
  flush_mem_threshold: known('number', 'messages written at once', { default: '100', reload: 'live' }),
  resend_interval: known('number (ms)', 'pause before stored messages are sent again', { default: '5000' }),
};

/** `sqlite`. */
export const sqliteSection = z.object(sqliteKeys).optional();

/** `preset`: offline sessions that exist from the start. */
export const presetSection = z
  .object({
    session: z
      .record(
        z.string(),
        z.object({
          clientid: known('text', 'client identifier of the session'),
          topic: known('list', 'subscriptions `{remote_topic, qos, retain, retain_as_published, retain_handling}`'),
        }),
      )
      .optional(),
  })
  .optional();

/** `plugin`. */
export const pluginSection = z.object({ libs: known('list', 'libraries `{path}`') }).optional();
