import { ReasonCode } from '@nanomq-ts/codec';
import type { Access, Admission, AuthenticationRequest, Logger, Principal } from '@nanomq-ts/core';

/** A reason code: 0 admits, 0x80 to 0xFF refuses. Anything else is a fault of the hook and refuses too. */
export type HookAnswer = number | Promise<number>;

/**
 * Where the program may refuse. A hook that throws, rejects or answers with no reason code refuses; that is logged.
 * A promise holds back this one client's input until it settles. The program's own `publish` and `subscribe` are not
 * asked about.
 */
export interface BrokerHooks {
  /** A CONNECT is well formed. The request holds the password: do not log it. */
  readonly onAuthenticate?: (request: AuthenticationRequest) => HookAnswer;
  /**
   * A client publishes, or says in CONNECT what its will would. Called for each message, so keep it quick; without it
   * the message path is free of it.
   */
  readonly onPublish?: (principal: Principal, topicName: string, retain: boolean) => HookAnswer;
  /** A client subscribes: once for each topic filter, with `$share/name/` where it has one. */
  readonly onSubscribe?: (principal: Principal, topicFilter: string) => HookAnswer;
}

/** Reason codes a refusal may carry in CONNACK, PUBACK and SUBACK: MQTT 5.0, 3.2.2.2, 3.4.2.1, 3.9.3. */
const CONNACK_REFUSALS: ReadonlySet<number> = new Set([
  0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c,
  0x9d, 0x9f,
]);
const PUBLISH_REFUSALS: ReadonlySet<number> = new Set([0x80, 0x83, 0x87, 0x90, 0x97, 0x99]);
const SUBSCRIBE_REFUSALS: ReadonlySet<number> = new Set([0x80, 0x83, 0x87, 0x8f, 0x97, 0x9e, 0xa1, 0xa2]);

/** Asks an Access and then the program's hooks; both must admit. */
export class HookedAccess implements Access {
  readonly #access: Access;
  readonly #hooks: BrokerHooks;
  readonly #logger: Logger;

  get checksPublish(): boolean {
    return this.#hooks.onPublish !== undefined || this.#access.checksPublish;
  }

  /** A hook is asked for each message and each time a client subscribes, whatever it answered before. */
  get decisionsHold(): boolean {
    return this.#hooks.onPublish === undefined && this.#access.decisionsHold === true;
  }

  get denyAction(): 'ignore' | 'disconnect' {
    return this.#access.denyAction ?? 'ignore';
  }

  get checksResume(): boolean {
    return this.#access.checksResume === true;
  }

  get checksReceive(): boolean {
    return this.#access.checksReceive === true;
  }

  get checksRetainedPublisher(): boolean {
    return this.#access.checksRetainedPublisher === true;
  }

  constructor(access: Access, hooks: BrokerHooks, logger: Logger) {
    this.#access = access;
    this.#hooks = hooks;
    this.#logger = logger;
  }

  /** The terms are those of the Access; the hook says yes or no. */
  authenticate(request: AuthenticationRequest): ReturnType<Access['authenticate']> {
    const hook = this.#hooks.onAuthenticate;
    const answer = this.#access.authenticate(request);
    if (hook === undefined) return answer;
    const ask = (): HookAnswer => this.#ask('onAuthenticate', CONNACK_REFUSALS, () => hook(request));
    if (typeof answer === 'object' && 'then' in answer) return answer.then((admission) => bothAdmit(admission, ask));
    return bothAdmit(answer, ask);
  }

  publish(principal: Principal, topicName: string, retain: boolean): HookAnswer {
    const hook = this.#hooks.onPublish;
    const answer = this.#access.checksPublish ? this.#access.publish(principal, topicName, retain) : ReasonCode.Success;
    if (hook === undefined) return answer;
    return this.#then(answer, 'onPublish', PUBLISH_REFUSALS, () => hook(whoIs(principal), topicName, retain));
  }

  subscribe(principal: Principal, topicFilter: string): HookAnswer {
    const hook = this.#hooks.onSubscribe;
    const answer = this.#access.subscribe(principal, topicFilter);
    if (hook === undefined) return answer;
    return this.#then(answer, 'onSubscribe', SUBSCRIBE_REFUSALS, () => hook(whoIs(principal), topicFilter));
  }

  receive(principal: Principal, topicName: string): boolean {
    return this.#access.receive?.(principal, topicName) ?? true;
  }

  takeOver(principal: Principal, holder: Principal): boolean {
    return this.#access.takeOver?.(principal, holder) ?? true;
  }

  mayStillPublish(publisher: Principal, topicName: string): boolean {
    return this.#access.mayStillPublish?.(publisher, topicName) ?? true;
  }

  onChanged(listener: () => void): void {
    this.#access.onChanged?.(listener);
  }

  #then(before: HookAnswer, name: keyof BrokerHooks, refusals: ReadonlySet<number>, ask: () => HookAnswer): HookAnswer {
    if (typeof before !== 'number') {
      return before.then((code) => (isRefusal(code) ? code : this.#ask(name, refusals, ask)));
    }
    return isRefusal(before) ? before : this.#ask(name, refusals, ask);
  }

  #ask(name: keyof BrokerHooks, refusals: ReadonlySet<number>, ask: () => HookAnswer): HookAnswer {
    try {
      const answer: unknown = ask();
      if (typeof answer === 'number') return this.#checked(name, refusals, answer);
      return Promise.resolve(answer).then(
        (code) => this.#checked(name, refusals, code),
        (error: unknown) => this.#failed(name, error),
      );
    } catch (error) {
      return this.#failed(name, error);
    }
  }

  /** What the client may be sent: the packet in question does not carry every reason code. */
  #checked(name: keyof BrokerHooks, refusals: ReadonlySet<number>, answer: unknown): number {
    if (answer === ReasonCode.Success) return answer;
    if (typeof answer === 'number' && refusals.has(answer)) return answer;
    this.#logger.error({ hook: name, answer }, 'a hook answered with no reason code that fits; the client is refused');
    return ReasonCode.NotAuthorized;
  }

  #failed(name: keyof BrokerHooks, error: unknown): number {
    this.#logger.error({ hook: name, err: error }, 'a hook failed; the client is refused');
    return ReasonCode.ImplementationSpecificError;
  }
}

/** The answer of the Access when it and the hook admit, else the refusal. */
function bothAdmit(answer: number | Admission, ask: () => HookAnswer): ReturnType<Access['authenticate']> {
  if (isRefusal(typeof answer === 'number' ? answer : answer.reasonCode)) return answer;
  const code = ask();
  if (typeof code === 'number') return isRefusal(code) ? code : answer;
  return code.then((later) => (isRefusal(later) ? later : answer));
}

function isRefusal(reasonCode: number): boolean {
  return reasonCode >= ReasonCode.UnspecifiedError;
}

/** A copy, because the core's principal is the session itself. */
function whoIs({ clientId, username, remoteAddress }: Principal): Principal {
  return { clientId, username, remoteAddress };
}
