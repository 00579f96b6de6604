/** A user that may connect. Its password is never told. */
export interface UserView {
  readonly username: string;
  /** `hashed`: whoever reads the file does not know the password. */
  readonly storage: 'plain' | 'hashed';
}

/** Why a password or user name is not taken: a text that quotes neither. */
export interface UserRefusal {
  readonly refused: 'invalid';
  readonly text: string;
}

/**
 * Users of MQTT clients. A change is written hashed and atomically, and holds when the promise settles; who is connected
 * as a user that was deleted may do nothing any more.
 * @throws ChangeRefused (rejects) kind `file` when it cannot be written, `invalid` or `syntax` when the configuration
 *   around it is wrong; nothing has changed then
 */
export interface UserPort {
  /** In the order they stand in. */
  users(): Promise<readonly UserView[]>;
  add(username: string, password: string): Promise<'added' | 'exists' | UserRefusal>;
  /** @param oldPassword  what must be the password now; null = whatever it is */
  changePassword(
    username: string,
    password: string,
    oldPassword: string | null,
  ): Promise<'changed' | 'unknown' | 'wrong-old-password' | UserRefusal>;
  delete(username: string): Promise<'deleted' | 'unknown'>;
}
