import { resolve } from 'node:path';
import type { LogConfig, LogLevel } from '@nanomq-ts/config';
import type { Logger } from '@nanomq-ts/core';
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import { formatConsoleLine } from './console-format.ts';
import { escapeControls } from './control-characters.ts';
import { LogError } from './log-error.ts';
import { loggableFields, loggableText } from './loggable-fields.ts';
import { RotatingFile } from './rotating-file.ts';

/** The parts of `process.stdout` and `process.stderr` that are used. */
export interface TextOutput {
  /** Lines for people instead of JSON. */
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** What opening the log takes besides its configuration. */
export interface LogSurroundings {
  /** Directory to which `log.dir` is relative. */
  readonly cwd: string;
  /** The target `console`. */
  readonly console: TextOutput;
  /** Where the log says that it cannot do its work. */
  readonly trouble: TextOutput;
}

/** core's Logger port, with what only the process itself logs. */
export interface BrokerLog extends Logger {
  /** The last thing the process has to say. */
  fatal(fields: Readonly<Record<string, unknown>>, text: string): void;
  /** Least severe level written from now on. */
  setLevel(level: LogLevel): void;
  /** Goes on in the file that has the name of the log file now. */
  reopen(): void;
  /** Ends the log; every line is written by then, and later ones are dropped. */
  close(): void;
}

/**
 * Opens the log as section `log` of the configuration says: to the console (one line of text on a terminal, JSON
 * otherwise) and to a rotating file (JSON). Fields and texts go through `loggableFields`, so no secret is written.
 * @throws LogError when the file cannot be used
 */
export function openLog(config: LogConfig, surroundings: LogSurroundings): BrokerLog {
  const file = config.targets.includes('file') ? openFile(config, surroundings) : undefined;
  const streams: DestinationStream[] = [];
  if (config.targets.includes('console')) streams.push(consoleStream(surroundings.console));
  if (file !== undefined) streams.push({ write: (line) => file.write(escapeLine(line)) });
  return new PinoLog(config, streams, file);
}

/** core's Logger port on pino. */
class PinoLog implements BrokerLog {
  readonly #pino;
  readonly #file: RotatingFile | undefined;
  #isOpen = true;

  constructor(config: LogConfig, streams: readonly DestinationStream[], file: RotatingFile | undefined) {
    this.#file = file;
    this.#pino = pino(
      {
        level: config.level,
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        // Errors are plain sections by now; pino's own serializer would drop their cause.
        serializers: { err: (error: unknown) => error },
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (line) => streams.forEach((stream) => void stream.write(line)) },
    );
  }

  trace(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#write('trace', fields, text);
  }

  debug(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#write('debug', fields, text);
  }

  info(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#write('info', fields, text);
  }

  warn(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#write('warn', fields, text);
  }

  error(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#write('error', fields, text);
  }

  fatal(fields: Readonly<Record<string, unknown>>, text: string): void {
    this.#write('fatal', fields, text);
  }

  setLevel(level: LogLevel): void {
    this.#pino.level = level;
  }

  reopen(): void {
    if (this.#isOpen) this.#file?.reopen();
  }

  close(): void {
    if (this.#isOpen) this.#file?.close();
    this.#isOpen = false;
  }

  #write(level: LogMethod, fields: Readonly<Record<string, unknown>>, text: string): void {
    // Asked here, so that a level that is off costs no copy of the fields.
    if (!this.#isOpen || !this.#pino.isLevelEnabled(level)) return;
    this.#pino[level](loggableFields(fields), loggableText(text));
  }
}

type LogMethod = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

function openFile(config: LogConfig, surroundings: LogSurroundings): RotatingFile {
  const path = resolve(surroundings.cwd, config.dir, config.file);
  try {
    return new RotatingFile({
      path,
      maxBytes: config.rotationBytes,
      maxFiles: config.rotationFiles,
      report: (text) => void surroundings.trouble.write(`nanomq: ${escapeControls(text)}\n`),
    });
  } catch (error) {
    throw new LogError(path, error);
  }
}

function consoleStream(output: TextOutput): DestinationStream {
  const format = output.isTTY === true ? formatConsoleLine : escapeLine;
  return { write: (line) => void output.write(format(line)) };
}

/** JSON leaves DEL, C1 and the marks that reorder text as they are, and somebody will `cat` the file. */
function escapeLine(line: string): string {
  return `${escapeControls(line.trimEnd())}\n`;
}
