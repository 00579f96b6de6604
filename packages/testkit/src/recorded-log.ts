import type { Logger } from '@nanomq-ts/core';

/** One line that was logged. */
export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly [field: string]: unknown;
}

/** A logger that keeps what it is told. */
export class RecordedLog implements Logger {
  readonly lines: LogLine[] = [];

  readonly trace = this.#level('trace');
  readonly debug = this.#level('debug');
  readonly info = this.#level('info');
  readonly warn = this.#level('warn');
  readonly error = this.#level('error');

  /** Lines of one level, each as its text. */
  texts(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.text);
  }

  #level(level: string): Logger['info'] {
    return (fields, text) => void this.lines.push({ ...fields, level, text });
  }
}
