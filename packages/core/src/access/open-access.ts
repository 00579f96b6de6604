import { ReasonCode } from '@nanomq-ts/codec';
import type { Access, AuthenticationRequest } from '../ports/access.ts';

/**
 * No users, no rules: everyone may enter and do anything, or nobody may enter. Refuses with 0x86 without credentials
 * and 0x87 with them.
 */
export class OpenAccess implements Access {
  readonly checksPublish = false;
  readonly #allowAnonymous: boolean;

  constructor(allowAnonymous: boolean) {
    this.#allowAnonymous = allowAnonymous;
  }

  authenticate({ connect }: AuthenticationRequest): number {
    if (this.#allowAnonymous) return ReasonCode.Success;
    const hasCredentials = connect.username !== undefined && connect.password !== undefined;
    return hasCredentials ? ReasonCode.NotAuthorized : ReasonCode.BadUserNameOrPassword;
  }

  publish(): number {
    return ReasonCode.Success;
  }

  subscribe(): number {
    return ReasonCode.Success;
  }
}
