import type { UserPort, UserRefusal, UserView } from '@nanomq-ts/admin';
import { HashWorkers, hashPassword, passwordStorage, usernameFault, verifyPassword } from '@nanomq-ts/auth';
import { isForbiddenName, type UserConfig } from '@nanomq-ts/config';
import { OrderQueue } from '../process/order-queue.ts';
import type { ConfigurationSeat } from './configuration-seat.ts';
import { writeUser } from './write-user.ts';

/**
 * The users of the configuration as the administration sees and changes them, one change at a time: each is written to
 * the file the user stands in, and holds when that was read again.
 */
export class UserControl implements UserPort {
  readonly #seat: ConfigurationSeat;
  readonly #orders = new OrderQueue();
  readonly #workers = new HashWorkers();

  constructor(seat: ConfigurationSeat) {
    this.#seat = seat;
  }

  async users(): Promise<readonly UserView[]> {
    return this.#list.map(({ username, password }) => ({ username, storage: passwordStorage(password) }));
  }

  add(username: string, password: string): Promise<'added' | 'exists' | UserRefusal> {
    return this.#orders.run(async () => {
      if (this.#find(username) !== undefined) return 'exists';
      const refusal = refusalOf(username);
      if (refusal !== null) return refusal;
      await this.#write(username, password);
      return 'added';
    });
  }

  changePassword(
    username: string,
    password: string,
    oldPassword: string | null,
  ): Promise<'changed' | 'unknown' | 'wrong-old-password' | UserRefusal> {
    return this.#orders.run(async () => {
      const user = this.#find(username);
      if (user === undefined) return 'unknown';
      const isKnown = oldPassword === null || (await verifyPassword(user.password, oldPassword, this.#workers));
      if (!isKnown) return 'wrong-old-password';
      await this.#write(username, password);
      return 'changed';
    });
  }

  delete(username: string): Promise<'deleted' | 'unknown'> {
    return this.#orders.run(async () => {
      if (this.#find(username) === undefined) return 'unknown';
      await writeUser(this.#seat, username, null);
      return 'deleted';
    });
  }

  async #write(username: string, password: string): Promise<void> {
    await writeUser(this.#seat, username, await hashPassword(password, this.#workers));
  }

  #find(username: string): UserConfig | undefined {
    return this.#list.find((user) => user.username === username);
  }

  get #list(): readonly UserConfig[] {
    return this.#seat.current.accepted.config.auth.users;
  }
}

function refusalOf(username: string): UserRefusal | null {
  const fault = isForbiddenName(username) ? 'no key of the configuration can have this name' : usernameFault(username);
  return fault === '' ? null : { refused: 'invalid', text: `username: ${fault}` };
}
