import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { configError } from '../config-error.ts';
import { MAX_FILE_BYTES } from '../hocon/source-reader.ts';
import type { Origin } from '../origin.ts';

const ASKED: Origin = { kind: 'flag', name: '--conf' };

/**
 * The text of a configuration file byte for byte, with byte order mark and line ends.
 * @throws ConfigError FILE_UNREADABLE (also for a pipe, which gives its text only once), FILE_TOO_LARGE, FILE_NOT_UTF8
 */
export function readOriginalText(file: string, cwd: string): string {
  const bytes = readBytes(file, resolve(cwd, file));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw configError('FILE_NOT_UTF8', ASKED, file);
  }
}

function readBytes(file: string, path: string): Uint8Array {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw configError('FILE_UNREADABLE', ASKED, `${file}: not a file, so it cannot be changed`);
    if (stat.size > MAX_FILE_BYTES) throw configError('FILE_TOO_LARGE', ASKED, file);
    return readFileSync(path);
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw configError('FILE_UNREADABLE', ASKED, `${file}: ${cause.message}`);
  }
}
