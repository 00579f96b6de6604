import type { ConnectPacket } from '@nanomq-ts/codec';
import type { PeerCertificate } from './transport.ts';

/** What is known of a client when it asks to enter. Holds its password: never to be logged. */
export interface AuthenticationRequest {
  readonly connect: ConnectPacket;
  /** The client identifier after assignment. */
  readonly clientId: string;
  readonly remoteAddress: string;
  readonly listener: string;
  /** What its listener verified; absent or null = none. */
  readonly peerCertificate?: PeerCertificate | null;
}

/** Who acts. */
export interface Principal {
  readonly clientId: string;
  /** The name the client acts under: that of CONNECT, or the one its {@link Admission} gave. */
  readonly username: string | undefined;
  readonly remoteAddress: string;
  /** What its {@link Admission} attached; null or absent where there was none. Nobody but the Access looks into it. */
  readonly identity?: object | null;
}

/** An answer to CONNECT that says more than a reason code. */
export interface Admission {
  /** 0 admits; the other fields count only then. */
  readonly reasonCode: number;
  /** Stands for the user name in CONNECT, `undefined` included; absent = that name holds. */
  readonly username?: string | undefined;
  /** When the credentials end, milliseconds since 1970: the client is disconnected with 0x87 then. Absent = never. */
  readonly expiresAtMs?: number;
  /** Comes back with every question about the client, until its next CONNECT. */
  readonly identity?: object;
}

/**
 * Who may enter and do what. Answers are reason codes: 0 admits, anything from 0x80 refuses. An implementation
 * answers at once when it can and with a promise when it must; the core then holds that one client's input.
 *
 * What is optional costs nothing where it is absent. Flags may change while the broker runs; whoever changes them or
 * the rules behind the answers tells the listener of `onChanged`.
 */
export interface Access {
  authenticate(request: AuthenticationRequest): number | Admission | Promise<number | Admission>;

  /** False when `publish` would always admit: the core then does not ask. */
  readonly checksPublish: boolean;
  /** Also asked for a will: at CONNECT, and once more when it is sent. */
  publish(principal: Principal, topicName: string, retain: boolean): number | Promise<number>;
  /**
   * True: until `onChanged`, an answer of `publish` that came at once holds for the connection and the topic name,
   * retained or not, so the core asks once. Default: it asks for each message.
   */
  readonly decisionsHold?: boolean;
  /** What becomes of a client whose PUBLISH is refused. Default `ignore`: only the message is dropped. */
  readonly denyAction?: 'ignore' | 'disconnect';

  /** @param topicFilter  as the client wrote it, with `$share/name/` */
  subscribe(principal: Principal, topicFilter: string): number | Promise<number>;
  /** True: when a session is resumed, the core asks for each of its subscriptions again and ends those refused. */
  readonly checksResume?: boolean;

  /** True: whoever subscribes receives only what `receive` admits. */
  readonly checksReceive?: boolean;
  /** Asked when a route is compiled, for retained messages and for what waited for a session; must answer at once. */
  receive?(principal: Principal, topicName: string): boolean;

  /** Whether `principal` may take over or resume the session of `holder`, online or not. Default: it may. */
  takeOver?(principal: Principal, holder: Principal): boolean;

  /** True: a retained message goes out only while its publisher still may publish it, by `mayStillPublish`. */
  readonly checksRetainedPublisher?: boolean;
  mayStillPublish?(publisher: Principal, topicName: string): boolean;

  /** `listener` is to be called when answers may be others than before. One call for each shard, for good. */
  onChanged?(listener: () => void): void;
}
