import type { Logger } from '../../src/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Keeps what is logged. */
export class RecordingLogger implements Logger {
  /** From `info` on, as `level text`. */
  readonly lines: string[] = [];
  /** Everything, with its fields. */
  readonly told: { readonly level: string; readonly fields: Fields; readonly text: string }[] = [];

  trace(fields: Fields, text: string): void {
    this.told.push({ level: 'trace', fields, text });
  }

  debug(fields: Fields, text: string): void {
    this.told.push({ level: 'debug', fields, text });
  }

  info(fields: Fields, text: string): void {
    this.#tell('info', fields, text);
  }

  warn(fields: Fields, text: string): void {
    this.#tell('warn', fields, text);
  }

  error(fields: Fields, text: string): void {
    this.#tell('error', fields, text);
  }

  #tell(level: string, fields: Fields, text: string): void {
    this.lines.push(`${level} ${text}`);
    this.told.push({ level, fields, text });
  }
}
