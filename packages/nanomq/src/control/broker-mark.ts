import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** Characters of a mark: 64 bits of the hash tell files apart and keep the path of a socket below its 107 bytes. */
const MARK_CHARACTERS = 16;

/**
 * What files of a broker are named after: the configuration file it runs with, links resolved, so that brokers with
 * different files never meet and the commands find theirs by `--conf` alone.
 * @param file  undefined when it runs without one
 * @returns 16 hexadecimal digits
 */
export function brokerMark(file: string | undefined, cwd: string): string {
  const name = file === undefined ? '' : realPath(resolve(cwd, file));
  return createHash('sha256').update(name).digest('hex').slice(0, MARK_CHARACTERS);
}

/** Name of the control socket: several brokers may run with one file. */
export function socketName(mark: string, pid: number): string {
  return `nanomq-${mark}-${pid}.sock`;
}

/** Takes {@link socketName} apart; undefined for any other name. */
export function parseSocketName(name: string): { readonly mark: string; readonly pid: number } | undefined {
  const [, mark, pid] = /^nanomq-([0-9a-f]{16})-(\d{1,10})\.sock$/.exec(name) ?? [];
  return mark === undefined ? undefined : { mark, pid: Number(pid) };
}

/** A file that is not there yet, or not any more, has no links to resolve. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
