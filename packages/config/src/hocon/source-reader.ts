import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configError } from '../config-error.ts';
import type { Origin } from '../origin.ts';

/** Largest file that is read, in bytes. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 256;

/** A file as it was read: its name for messages, its real path to notice cycles, its text. */
export interface SourceFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** Reads the main file and what it includes, and nothing else. */
export class SourceReader {
  readonly #cwd: string;
  #count = 0;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /**
   * Reads a file named by the operator, relative to the working directory.
   * @param asked  what asked for it, for the error
   * @throws ConfigError FILE_UNREADABLE, FILE_TOO_LARGE, FILE_NOT_UTF8
   */
  read(name: string, asked: Origin): SourceFile {
    const path = findFile([resolve(this.#cwd, name)]);
    if (path === undefined) throw configError('FILE_UNREADABLE', asked, `${name}: no such file`);
    return this.#load(name, path, asked);
  }

  /**
   * Reads an included file: relative to the including one, then to the working directory (NanoMQ's rule).
   * @param including  real path of the including file, or undefined when the text came without a file
   * @throws ConfigError INCLUDE_MISSING, FILE_UNREADABLE, FILE_TOO_LARGE, FILE_NOT_UTF8
   */
  readIncluded(target: string, including: string | undefined, asked: Origin): SourceFile {
    const directories = including === undefined ? [this.#cwd] : [dirname(including), this.#cwd];
    const path = findFile(directories.map((directory) => resolve(directory, target)));
    if (path === undefined) throw configError('INCLUDE_MISSING', asked, target);
    return this.#load(target, path, asked);
  }

  /** The real path of a file named by the operator; the one it would have where there is none yet. */
  pathOf(name: string): string {
    const path = resolve(this.#cwd, name);
    return findFile([path]) ?? path;
  }

  #load(name: string, path: string, asked: Origin): SourceFile {
    if (++this.#count > MAX_FILES) throw configError('FILE_TOO_LARGE', asked, name);
    return { name, path, text: decodeText(readBytes(name, path, asked), name, asked) };
  }
}

function findFile(candidates: readonly string[]): string | undefined {
  for (const candidate of candidates) {
    try {
      return realpathSync(candidate);
    } catch {
      // Not there or not reachable: the next candidate may be.
    }
  }
  return undefined;
}

function readBytes(name: string, path: string, asked: Origin): Uint8Array {
  try {
    const stat = statSync(path);
    // A pipe is how a shell hands over generated text; a device could be endless.
    if (!stat.isFile() && !stat.isFIFO()) throw configError('FILE_UNREADABLE', asked, `${name}: not a file`);
    if (stat.size > MAX_FILE_BYTES) throw configError('FILE_TOO_LARGE', asked, name);
    return readFileSync(path);
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw configError('FILE_UNREADABLE', asked, `${name}: ${cause.message}`);
  }
}

function decodeText(bytes: Uint8Array, name: string, asked: Origin): string {
  try {
    return normaliseText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw configError('FILE_NOT_UTF8', asked, `${name}, line ${firstBadLine(bytes)}`);
  }
}

/** From 1: the line of the first byte that is no UTF-8, or of a U+FFFD before it, which nobody writes. */
function firstBadLine(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8').decode(bytes);
  return text.slice(0, text.indexOf('\ufffd')).split('\n').length;
}

/** Takes the byte order mark away and makes every line end in `\n`. */
export function normaliseText(text: string): string {
  return text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
}
