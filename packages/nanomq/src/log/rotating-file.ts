import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Append only; not through a symbolic link, because the directory may be one in which others can create names (/tmp);
 * without waiting, because opening a pipe somebody put there would otherwise stop the broker.
 */
const OPEN_FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Client identifiers and addresses are nobody else's business. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o750;

/** What a rotating file needs to know. */
export interface RotatingFileOptions {
  /** The file written to; older ones are `path.1` (newest) to `path.N`. */
  readonly path: string;
  /** A line that would make the file larger goes to a new file. */
  readonly maxBytes: number;
  /** Files kept, counting the one written to; at least 1. */
  readonly maxFiles: number;
  /** Is told in one line when writing begins to fail and when it works again. */
  readonly report: (text: string) => void;
}

/**
 * A log file that is set aside when it is full: `nanomq.log` becomes `nanomq.log.1`, that `nanomq.log.2`, and so on.
 *
 * Ours because pino-roll numbers the current file itself (`nanomq.1.log`), counts any file of the directory that ends
 * in digits, keeps the count only over files of its own run, and removes them some time later. Writing is
 * synchronous, as pino does it by default: no line is lost when the process ends, and no worker thread is needed.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #fd: number;
  #bytes: number;
  /** The last write ended inside a line. */
  #torn = false;
  #lostLines = 0;

  /** @throws the error of `node:fs` when the directory or the file cannot be made, Error when it is no plain file */
  constructor(options: RotatingFileOptions) {
    this.#options = options;
    makeDirectory(dirname(options.path));
    this.#fd = openLogFile(options.path);
    this.#bytes = fstatSync(this.#fd).size;
    this.#removeSurplus();
  }

  /** Appends one line, its line feed included. Never throws: a line that cannot be written is counted and reported. */
  write(line: string): void {
    const bytes = Buffer.from(this.#torn ? `\n${line}` : line);
    try {
      if (this.#bytes > 0 && this.#bytes + bytes.length > this.#options.maxBytes) this.#rotate();
      this.#append(bytes);
    } catch (error) {
      this.#lose(error);
      return;
    }
    if (this.#lostLines > 0) this.#recover();
  }

  /**
   * Goes on in the file that has the name now: somebody else, logrotate for example, may have moved the one written to.
   * Never throws: when there can be no such file, that is reported and the former one is written on.
   */
  reopen(): void {
    const { path, report } = this.#options;
    try {
      this.#openAnew();
    } catch (error) {
      report(`log file ${path} cannot be opened again, the former one is written on: ${reasonOf(error)}`);
    }
  }

  /** Ends the use of the file; everything written is in it. */
  close(): void {
    closeSync(this.#fd);
  }

  #append(bytes: Buffer): void {
    let written = 0;
    while (written < bytes.length) {
      const count = writeSync(this.#fd, bytes, written);
      written += count;
      this.#bytes += count;
      this.#torn = written < bytes.length;
    }
  }

  /** Writes on in the file that has the name now. @throws what opening it throws, then nothing has changed */
  #openAnew(): void {
    const fd = openLogFile(this.#options.path);
    closeSync(this.#fd);
    this.#fd = fd;
    this.#bytes = fstatSync(fd).size;
  }

  #rotate(): void {
    const { path, maxFiles } = this.#options;
    // Whatever goes wrong, the next attempt comes after another full file, not with every line.
    this.#bytes = 0;
    try {
      let free = 1;
      while (free < maxFiles - 1 && existsSync(`${path}.${free}`)) free += 1;
      for (let n = free; n > 1; n -= 1) renameSync(`${path}.${n - 1}`, `${path}.${n}`);
      if (maxFiles > 1) renameSync(path, `${path}.1`);
      else rmSync(path);
      this.#openAnew();
    } catch (error) {
      this.#options.report(`log file ${path} cannot be set aside, it grows: ${reasonOf(error)}`);
    }
  }

  /** Removes what an earlier run with a larger count left behind. */
  #removeSurplus(): void {
    const { path, maxFiles } = this.#options;
    const prefix = `${basename(path)}.`;
    for (const name of readdirSync(dirname(path))) {
      const number = name.startsWith(prefix) ? name.slice(prefix.length) : '';
      if (/^[1-9]\d{0,8}$/.test(number) && Number(number) >= maxFiles) rmSync(join(dirname(path), name));
    }
  }

  #lose(error: unknown): void {
    this.#lostLines += 1;
    if (this.#lostLines > 1) return;
    this.#options.report(`log file ${this.#options.path} cannot be written, lines are lost: ${reasonOf(error)}`);
  }

  #recover(): void {
    this.#options.report(`log file ${this.#options.path} is written again, ${this.#lostLines} lines were lost`);
    this.#lostLines = 0;
  }
}

/**
 * Makes a directory and those above it that are missing. Not by `recursive` of Node: where a file system has no room for
 * a name and says ENOENT (/proc), Node 20 tries again without end and takes all memory.
 * @throws the error of `node:fs`
 */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: DIRECTORY_MODE });
}

function openLogFile(path: string): number {
  const fd = openSync(path, OPEN_FLAGS, FILE_MODE);
  try {
    if (!fstatSync(fd).isFile()) throw new Error('it is not a plain file');
    fchmodSync(fd, FILE_MODE);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
