import { Reason } from '../reason-code.ts';
import type { HttpAnswer, HttpAuthority } from './http-authority.ts';
import type { PlaceholderValues } from './http-question.ts';

/** `super_req` and `acl_req`: a server decides about a topic. */
export class HttpAuthorizer {
  readonly #superAuthority: HttpAuthority | null;
  readonly #aclAuthority: HttpAuthority;

  constructor(superAuthority: HttpAuthority | null, aclAuthority: HttpAuthority) {
    this.#superAuthority = superAuthority;
    this.#aclAuthority = aclAuthority;
  }

  /** Whether a client's password is needed after CONNECT. */
  get usesPassword(): boolean {
    return this.#superAuthority?.usesPassword === true || this.#aclAuthority.usesPassword;
  }

  /** @param client  its placeholders @returns a reason code; 0 from the cache alone comes at once */
  authorize(client: PlaceholderValues, access: 'publish' | 'subscribe', topic: string): number | Promise<number> {
    const superuser = this.#superAuthority === null ? 'no' : this.#superAuthority.ask(client);
    const askAcl = () => this.#aclAuthority.ask({ ...client, A: access === 'subscribe' ? '1' : '2', t: topic });
    if (typeof superuser !== 'string') {
      return superuser.then(async (answer) => (answer === 'yes' ? Reason.Success : reasonFor(await askAcl())));
    }
    if (superuser === 'yes') return Reason.Success;
    const answer = askAcl();
    return typeof answer === 'string' ? reasonFor(answer) : answer.then(reasonFor);
  }
}

function reasonFor(answer: HttpAnswer): Reason {
  if (answer === 'yes') return Reason.Success;
  return answer === 'no' ? Reason.NotAuthorized : Reason.ImplementationSpecificError;
}
