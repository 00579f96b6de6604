import { type Access, type AuthenticationRequest, OpenAccess } from '@nanomq-ts/core';

/** {@link OpenAccess} whose answer follows `auth.allow_anonymous` while the broker runs. Who is in stays in. */
export class OpenAccessSwitch implements Access {
  readonly checksPublish = false;
  allowAnonymous: boolean;
  readonly #everyone = new OpenAccess(true);
  readonly #nobody = new OpenAccess(false);

  constructor(allowAnonymous: boolean) {
    this.allowAnonymous = allowAnonymous;
  }

  authenticate(request: AuthenticationRequest): number {
    return (this.allowAnonymous ? this.#everyone : this.#nobody).authenticate(request);
  }

  publish(): number {
    return this.#everyone.publish();
  }

  subscribe(): number {
    return this.#everyone.subscribe();
  }
}
