import { z } from 'zod';
import { known, used } from './setting.ts';
import { number, readWith, size, text, word } from './value-kinds.ts';

/** Levels of the log, most talkative first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** All targets NanoMQ knows; `syslog` and `uds` are not used yet. */
export const LOG_TARGETS = ['console', 'file', 'syslog', 'uds'] as const;

/** Where log lines can go. */
export type LogTarget = (typeof LOG_TARGETS)[number];

const targets = readWith<readonly LogTarget[]>('list of `console`, `file`, `syslog`, `uds`', (found) => {
  const allowed = `a list of ${LOG_TARGETS.join(', ')}, such as ["console", "file"]`;
  const words: readonly unknown[] | undefined =
    typeof found === 'string'
      ? found.split(/[\s,]+/).filter((w) => w !== '')
      : Array.isArray(found)
        ? found
        : undefined;
  if (words === undefined) return { code: 'VALUE_INVALID', allowed };
  const value = words.map((w) => LOG_TARGETS.find((target) => typeof w === 'string' && w.toLowerCase() === target));
  const isKnown = value.every((target) => target !== undefined);
  return isKnown ? { value: [...new Set(value)] } : { code: 'VALUE_INVALID', allowed };
});

/** `log`. */
export const logSection = z
  .object({
    to: used(targets, {
      default: 'console',
      env: 'LOG_TO',
      meaning: 'where log lines go; `syslog` and `uds` are known, not yet used',
      differs: 'in NanoMQ the console stays on even if not listed',
    }),
    level: used(word(LOG_LEVELS), {
      default: 'warn',
      reload: 'live',
      env: 'LOG_LEVEL',
      meaning:
        'least severe level printed; `info` has who is refused, `debug` who comes, goes, subscribes and unsubscribes',
      differs: 'NanoMQ falls to `error` when `log` is there without `level`',
    }),
    dir: used(text, { default: '.', env: 'LOG_DIR', meaning: 'directory of the log file' }),
    file: used(text, { default: 'nanomq.log', env: 'LOG_FILE', meaning: 'name of the log file' }),
    rotation: z
      .object({
        size: used(size({ min: 1024, max: 1024 ** 4 }), {
          default: '10MB',
          env: 'LOG_ROTATION_SIZE',
          meaning: 'a log file of this size is set aside',
          differs: 'NanoMQ without a file: 10KB',
        }),
        count: used(number({ min: 1, max: 10_000, zeroMeans: 5 }), {
          default: 5,
          env: 'LOG_ROTATION_COUNT',
          meaning: 'log files kept',
        }),
      })
      .prefault({}),
    uds_addr: known('text', 'Unix socket for the target `uds`', { env: 'LOG_UDS_ADDR' }),
  })
  .prefault({});
