import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import type { TextOutput } from '../log/open-log.ts';
import { CommandFailure } from './command-failure.ts';

/** Where a password is read from. */
export type PasswordInput = Readable & { readonly isTTY?: boolean | undefined };

/**
 * Reads a password: from a terminal twice, without showing it; else the first line of the input.
 * @param prompts  hears what to type
 * @throws CommandFailure when there is none, or the two differ
 */
export async function readPassword(input: PasswordInput, prompts: TextOutput): Promise<string> {
  const lines = new HiddenLines(input);
  try {
    if (input.isTTY !== true) return await lines.next();
    prompts.write('Password: ');
    const first = await lines.next();
    prompts.write('\nAgain: ');
    const second = await lines.next();
    prompts.write('\n');
    if (first !== second) throw new CommandFailure('the two passwords differ; nothing was changed');
    return first;
  } finally {
    lines.close();
  }
}

/** Lines of an input that are echoed nowhere. */
class HiddenLines {
  readonly #reader: ReturnType<typeof createInterface>;
  readonly #lines: AsyncIterator<string>;

  constructor(input: PasswordInput) {
    // The reader of a terminal echoes what is typed: into nothing.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    this.#reader = createInterface({ input, output: nowhere, terminal: input.isTTY === true });
    // Ctrl-C
    this.#reader.on('SIGINT', () => this.#reader.close());
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** @throws CommandFailure when the input ended */
  async next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new CommandFailure('no password was given; nothing was changed');
    return value;
  }

  close(): void {
    this.#reader.close();
  }
}
