import type { ConnectPacket } from '@nanomq-ts/codec';
import type { Session } from '../session/session.ts';
import type { ShardEvents } from './events.ts';

const TOPIC_PREFIX = '$SYS/brokers/client_status/';

/** What NanoMQ writes where a client gave no user name. */
const NO_USERNAME = '(null)';

/** How an IPv6 socket writes the address of an IPv4 client. */
const MAPPED_IPV4 = '::ffff:';

const MAX_TOPIC_BYTES = 65_535;

/** Publishes on behalf of the broker, QoS 0, not retained; asks for the payload only when somebody subscribes. */
export type PublishStatus = (topicName: string, payload: () => string) => void;

/**
 * Client online and offline events on `$SYS/brokers/client_status/<clientid>`, in NanoMQ's JSON and with its
 * blanks. A client identifier that cannot stand in a topic name (wildcards, too long) has no event.
 */
export class ClientStatus implements Partial<ShardEvents> {
  readonly #publish: PublishStatus;
  readonly #nowMs: () => number;

  constructor(publish: PublishStatus, nowMs: () => number) {
    this.#publish = publish;
    this.#nowMs = nowMs;
  }

  connected(session: Session): void {
    this.#online(
      session.clientId,
      session.username,
      session.keepAliveSeconds,
      session.protocolVersion,
      session.cleanStart,
      0,
      session.remoteAddress,
    );
  }

  connectRefused(connect: ConnectPacket, clientId: string, remoteAddress: string, reasonCode: number): void {
    this.#online(
      clientId,
      connect.username,
      connect.keepAliveSeconds,
      connect.protocolVersion,
      connect.cleanStart,
      reasonCode,
      remoteAddress,
    );
  }

  disconnected(session: Session, reasonCode: number): void {
    this.#send(
      session.clientId,
      () =>
        `{"status":"offline", "username":${text(session.username ?? NO_USERNAME)}, "ts":${Math.floor(this.#nowMs())},` +
        `"reason_code":"${reasonCode.toString(16)}","client_id":${text(session.clientId)},` +
        `"IPv4":${text(ipv4Of(session.remoteAddress))}}`,
    );
  }

  #online(
    clientId: string,
    username: string | undefined,
    keepAliveSeconds: number,
    protocolVersion: number,
    cleanStart: boolean,
    reasonCode: number,
    remoteAddress: string,
  ): void {
    this.#send(
      clientId,
      () =>
        `{"status":"online", "username":${text(username ?? NO_USERNAME)}, "ts":${Math.floor(this.#nowMs())},` +
        `"proto_name":"${protocolVersion === 3 ? 'MQIsdp' : 'MQTT'}","keepalive":${keepAliveSeconds},` +
        `"return_code":"${reasonCode.toString(16)}","proto_ver":${protocolVersion},"client_id":${text(clientId)},` +
        `"clean_start":${cleanStart ? 1 : 0}, "IPv4":${text(ipv4Of(remoteAddress))}}`,
    );
  }

  #send(clientId: string, payload: () => string): void {
    const topicName = TOPIC_PREFIX + clientId;
    if (/[+#]/.test(clientId) || Buffer.byteLength(topicName) > MAX_TOPIC_BYTES) return;
    this.#publish(topicName, payload);
  }
}

/** A JSON string. NanoMQ escapes nothing, and so can be made to say anything. */
function text(value: string): string {
  return JSON.stringify(value);
}

/** An IPv4 address as such, also where it came over an IPv6 socket. */
function ipv4Of(address: string): string {
  return address.startsWith(MAPPED_IPV4) ? address.slice(MAPPED_IPV4.length) : address;
}
