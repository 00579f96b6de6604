import { createHash, randomUUID } from 'node:crypto';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ChangeReport, PemPaths, PemPort, PemTexts } from '@nanomq-ts/admin';
import { effectiveAt } from '@nanomq-ts/config';
import { changeRefused } from '../configuration/change-refused.ts';
import { checkPem, type PemName } from './check-pem.ts';
import type { ConfigurationSeat } from './configuration-seat.ts';

const SETTINGS: Readonly<Record<PemName, string>> = { key: 'keyfile', cert: 'certfile', cacert: 'cacertfile' };
/** Nobody but the broker needs to read a private key; the rest is shown to every client. */
const MODES: Readonly<Record<PemName, number>> = { key: 0o600, cert: 0o644, cacert: 0o644 };
/** What this file makes, and so may take away again. */
const OWN_NAME = /^nanomq-(?:key|cert|cacert)-[0-9a-f]{16}\.pem$/;

/** A text and the file it gets. */
interface PemFile {
  readonly name: PemName;
  readonly text: string;
  readonly path: string;
  /** False: a file of this content was there already. */
  readonly isNew: boolean;
}

/**
 * PEM texts as files beside the configuration file. Each gets a new name made from its content, and the change of the
 * configuration that names it is the one moment at which key and certificates change together: a crash leaves the old
 * ones or the new ones in use, never one of each.
 */
export class PemFiles implements PemPort {
  readonly #seat: ConfigurationSeat;
  readonly #folder: string;

  /** @param configurationFile  absolute path */
  constructor(seat: ConfigurationSeat, configurationFile: string) {
    this.#seat = seat;
    this.#folder = dirname(configurationFile);
  }

  async write(
    texts: PemTexts,
    keyPassword: string | null,
    change: (paths: PemPaths) => Promise<ChangeReport>,
  ): Promise<ChangeReport> {
    const fault = checkPem(texts, keyPassword);
    if (fault !== null) throw await changeRefused('invalid', `listeners.ssl.${SETTINGS[fault.name]}`, fault.text);
    const before = this.#pathsInUse();
    const files = await this.#writeAll(texts);
    try {
      const report = await change(Object.fromEntries(files.map(({ name, path }) => [name, path])));
      await this.#removeOwn(before.filter((path) => !this.#pathsInUse().includes(path)));
      return report;
    } catch (error) {
      await this.#removeOwn(files.filter(({ isNew }) => isNew).map(({ path }) => path));
      throw error;
    }
  }

  async #writeAll(texts: PemTexts): Promise<readonly PemFile[]> {
    const files: PemFile[] = [];
    try {
      for (const [name, text] of Object.entries(texts) as [PemName, string][]) {
        const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
        const path = join(this.#folder, `nanomq-${name}-${digest}.pem`);
        const isNew = (await stat(path).catch(() => null)) === null;
        files.push({ name, text, path, isNew });
        if (isNew) await writeWhole(path, text, MODES[name]);
      }
      return files;
    } catch (error) {
      await this.#removeOwn(files.filter(({ isNew }) => isNew).map(({ path }) => path));
      throw await changeRefused('file', '', `the PEM files cannot be written: ${(error as Error).message}`);
    }
  }

  #pathsInUse(): readonly string[] {
    const { accepted, sources } = this.#seat.current;
    return Object.values(SETTINGS).flatMap((key) => {
      const path = effectiveAt(accepted.effective, ['listeners', 'ssl', key]);
      return typeof path === 'string' ? [resolve(sources.cwd, path)] : [];
    });
  }

  /** Only what was made here: other files are the operator's. */
  async #removeOwn(paths: readonly string[]): Promise<void> {
    const own = paths.filter((path) => dirname(path) === this.#folder && OWN_NAME.test(basename(path)));
    await Promise.all(own.map((path) => unlink(path).catch(() => {})));
  }
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}
