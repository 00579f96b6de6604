import type { ConnectPacket } from '@nanomq-ts/codec';

/** What is known of a client when it asks to enter. */
export interface AuthenticationRequest {
  readonly connect: ConnectPacket;
  /** The client identifier after assignment. */
  readonly clientId: string;
  readonly remoteAddress: string;
  readonly listener: string;
}

/** Who acts. */
export interface Principal {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly remoteAddress: string;
}

/**
 * Who may enter and do what. Answers are reason codes: 0 admits, anything from 0x80 refuses. An implementation
 * answers at once when it can and with a promise when it must; the core then holds that one client's input.
 */
export interface Access {
  authenticate(request: AuthenticationRequest): number | Promise<number>;
  /** False when `publish` would always admit: the core then does not ask. */
  readonly checksPublish: boolean;
  publish(principal: Principal, topicName: string, retain: boolean): number | Promise<number>;
  subscribe(principal: Principal, topicFilter: string): number | Promise<number>;
}
