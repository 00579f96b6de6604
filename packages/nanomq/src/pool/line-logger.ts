import type { LogLevel } from '@nanomq-ts/config';
import type { Logger } from '@nanomq-ts/core';
import type { LineLevel, ShardNews } from '@nanomq-ts/taskq';
import { loggableFields, loggableText } from '../log/loggable-fields.ts';

/** Severity of a level; what is below that of the log is not worth a message to another thread. */
const SEVERITIES: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 };

/** core's Logger port in a worker thread: each line goes to the main thread, without secrets and with plain errors. */
export class LineLogger implements Logger {
  readonly #tell: (news: ShardNews) => void;
  #severity: number;

  constructor(level: LogLevel, tell: (news: ShardNews) => void) {
    this.#tell = tell;
    this.#severity = SEVERITIES[level];
  }

  /** Least severe level sent from now on. */
  setLevel(level: LogLevel): void {
    this.#severity = SEVERITIES[level];
  }

  trace(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#send('trace', fields, text);
  }

  debug(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#send('debug', fields, text);
  }

  info(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#send('info', fields, text);
  }

  warn(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#send('warn', fields, text);
  }

  error(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#send('error', fields, text);
  }

  #send(level: LineLevel, fields: Readonly<Record<string, unknown>>, text: string): void {
    if (SEVERITIES[level] < this.#severity) return;
    this.#tell({ kind: 'line', level, fields: loggableFields(fields), text: loggableText(text) });
  }
}
