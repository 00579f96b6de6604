import { ReasonCode } from '@nanomq-ts/codec';
import type { Admission } from '../ports/access.ts';

/** On what terms a client was let in. */
export interface Admitted {
  /** The name it acts under. */
  readonly username: string | undefined;
  /** What the Access attached. */
  readonly identity: object | null;
  /** Milliseconds since 1970; Infinity = its credentials never end. */
  readonly expiresAtMs: number;
}

/** The reason code of an answer to CONNECT; what is no answer at all gives one that refuses. */
export function reasonCodeOfAnswer(answer: number | Admission): number {
  const reasonCode: unknown = typeof answer === 'number' ? answer : answer?.reasonCode;
  return typeof reasonCode === 'number' ? reasonCode : ReasonCode.ImplementationSpecificError;
}

/** The terms of an answer that admits. @param username  the one in CONNECT */
export function admittedBy(answer: number | Admission, username: string | undefined): Admitted {
  if (typeof answer === 'number') return { username, identity: null, expiresAtMs: Number.POSITIVE_INFINITY };
  return {
    username: 'username' in answer ? answer.username : username,
    identity: answer.identity ?? null,
    expiresAtMs: answer.expiresAtMs ?? Number.POSITIVE_INFINITY,
  };
}
