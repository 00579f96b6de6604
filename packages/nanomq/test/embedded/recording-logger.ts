import type { Logger } from '../../src/index.ts';

/** Keeps what is logged, as `level text`. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = [];

  trace(): void {}

  debug(): void {}

  info(_fields: Readonly<Record<string, unknown>>, text: string): void {
    this.lines.push(`info ${text}`);
  }

  warn(_fields: Readonly<Record<string, unknown>>, text: string): void {
    this.lines.push(`warn ${text}`);
  }

  error(_fields: Readonly<Record<string, unknown>>, text: string): void {
    this.lines.push(`error ${text}`);
  }
}
