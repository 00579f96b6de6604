import { z } from 'zod';
import { checked, known, used } from './setting.ts';
import { bool, number, text } from './value-kinds.ts';

/** As many as the processor has cores. */
const AUTOMATIC = 0;
const threads = number({ min: 0, max: 1024 });

/** `system`. */
export const systemSection = z
  .object({
    daemon: checked(bool, 'run in the background', { default: false, env: 'DAEMON' }),
    num_taskq_thread: used(threads, {
      default: 1,
      env: 'NUM_TASKQ_THREAD',
      meaning: 'shards at the start, each in a thread; 1: one in the main thread; 0: one for each core',
      differs: 'NanoMQ: 0',
    }),
    max_taskq_thread: used(threads, {
      default: AUTOMATIC,
      env: 'MAX_TASKQ_THREAD',
      meaning: 'most shards when those at the start, more than one, are busy; 0: one for each core',
    }),
    parallel: used(number({ min: 0, max: 1_000_000 }), {
      default: AUTOMATIC,
      env: 'PARALLEL',
      meaning:
        'questions about clients that a shard has open at once (`auth.http_auth`, hashed passwords); 0: any number',
    }),
    batch_scheduling: used(bool, {
      default: true,
      meaning:
        'Linux: threads of several shards run with SCHED_BATCH, so that waking one does not stop another: less CPU a message',
      differs: 'NanoMQ does not know it',
    }),
    enable_ipc_internal: checked(bool, 'local control socket', { default: true }),
    hook_ipc_url: checked(text, 'socket of the hooks', { default: 'ipc:///tmp/nanomq_hook.ipc' }),
    cmd_ipc_url: checked(text, 'socket of the commands', { default: 'ipc:///tmp/nanomq_cmd.ipc' }),
  })
  .prefault({});

/** The keys of a cache or store in SQLite, as `sqlite` and `bridges.mqtt.cache` have them. */
export const sqliteKeys = {
  enable: known('true or false', 'use the store', { default: 'true when present' }),
  disk_cache_size: known('number', 'messages kept', { default: '102400' }),
  mounted_file_path: known('path', 'directory of the database', { default: 'working directory' }),
  flush_mem_threshold: known('number', 'messages written at once', { default: '100' }),
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
