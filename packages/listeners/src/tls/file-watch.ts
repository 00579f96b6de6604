import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** When and how often files are looked at. */
export interface FileWatchOptions {
  /** Where the system tells nothing (network file systems, no watches left), files are looked at so often. */
  readonly pollIntervalMs: number;
  /** Quiet time after a change before `changed` is called. */
  readonly settleMs: number;
  /** The files differ from what they were when this was last called, or from the start. */
  readonly changed: () => void;
}

/**
 * Tells when files change. Their folders are watched, not they: certificates are replaced by a rename, or by another
 * target of a symbolic link, which a watch of the file would miss.
 */
export class FileWatch {
  readonly #files: readonly string[];
  readonly #options: FileWatchOptions;
  readonly #watchers: FSWatcher[] = [];
  readonly #pollTimer: NodeJS.Timeout;
  #settleTimer: NodeJS.Timeout | undefined;
  #signature: string;

  constructor(files: readonly string[], options: FileWatchOptions) {
    this.#files = files;
    this.#options = options;
    this.#signature = this.#sign();
    for (const folder of new Set(files.map((file) => dirname(file)))) this.#watch(folder);
    this.#pollTimer = setInterval(() => this.#look(), options.pollIntervalMs).unref();
  }

  close(): void {
    clearInterval(this.#pollTimer);
    clearTimeout(this.#settleTimer);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookSoon());
      watcher.on('error', () => watcher.close()); // the folder is gone; polling goes on
      this.#watchers.push(watcher);
    } catch {
      // No folder, or no watches left: polling does it.
    }
  }

  #lookSoon(): void {
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => this.#look(), this.#options.settleMs).unref();
  }

  #look(): void {
    const signature = this.#sign();
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#options.changed();
  }

  #sign(): string {
    return this.#files.map(signatureOf).join(' ');
  }
}

/** Differs when the file differs; of a symbolic link, its target. */
function signatureOf(file: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino}.${size}.${mtimeNs}`;
  } catch {
    return 'none';
  }
}
