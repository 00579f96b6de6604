import type { ServerControlPacket, SubscriptionRequest, UserProperties } from '@nanomq-ts/codec';
import { FIRST_REQUEST_PACKET_ID } from '../link/copies.ts';
import { hexCode } from './reason-text.ts';
import type { RemoteConnection } from './remote-connection.ts';

/** Properties of a SUBSCRIBE or UNSUBSCRIBE of MQTT 5.0. */
export interface RequestProperties {
  /** 0 = none. */
  readonly identifier: number;
  readonly userProperties: UserProperties;
}

interface Request {
  readonly expected: number;
  readonly settle: (reasonCodes: readonly number[]) => void;
  readonly fail: (error: Error) => void;
}

const LAST_PACKET_ID = 0xffff;
/** A transparent bridge may have any number of filters; brokers limit those of a packet, and its size. */
const FILTERS_A_PACKET = 100;
const FIRST_FAILURE = 0x80;

/** SUBSCRIBE and UNSUBSCRIBE on one connection, and their answers. */
export class Subscriber {
  readonly #remote: RemoteConnection;
  readonly #open = new Map<number, Request>();
  #lastPacketId = FIRST_REQUEST_PACKET_ID - 1;

  constructor(remote: RemoteConnection) {
    this.#remote = remote;
  }

  /** An answer is due. */
  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  /** @throws Error (rejects) naming the filters that the remote broker refused, or that the connection is over */
  async subscribe(subscriptions: readonly SubscriptionRequest[], properties: RequestProperties): Promise<void> {
    const { identifier: subscriptionIdentifier, userProperties } = properties;
    const terms = { type: 'subscribe', subscriptionIdentifier, userProperties } as const;
    const answers = inPackets(subscriptions).map((part) =>
      this.#request(part.length, (packetId) => this.#remote.send({ ...terms, packetId, subscriptions: part })),
    );
    const codes = (await Promise.all(answers)).flat();
    refuse(
      subscriptions.map(({ topicFilter }) => topicFilter),
      codes,
    );
  }

  /** @throws Error (rejects) as `subscribe` */
  async unsubscribe(topicFilters: readonly string[], { userProperties }: RequestProperties): Promise<void> {
    const answers = inPackets(topicFilters).map((part) =>
      this.#request(part.length, (packetId) =>
        this.#remote.send({ type: 'unsubscribe', packetId, userProperties, topicFilters: part }),
      ),
    );
    refuse(topicFilters, (await Promise.all(answers)).flat());
  }

  answered(packet: ServerControlPacket): void {
    if (packet.type !== 'suback' && packet.type !== 'unsuback') return;
    const request = this.#open.get(packet.packetId);
    this.#open.delete(packet.packetId);
    const { reasonCodes } = packet;
    // UNSUBACK of 3.x has none.
    if (request === undefined) return;
    if (reasonCodes.length > 0 && reasonCodes.length !== request.expected) {
      request.fail(new Error(`${reasonCodes.length} answers to ${request.expected} filters`));
    } else request.settle(reasonCodes);
  }

  /** Nobody answers any more. */
  close(): void {
    for (const { fail } of this.#open.values()) fail(new Error('the connection is over'));
    this.#open.clear();
  }

  #request(expected: number, send: (packetId: number) => void): Promise<readonly number[]> {
    const next = this.#lastPacketId + 1;
    this.#lastPacketId = next > LAST_PACKET_ID ? FIRST_REQUEST_PACKET_ID : next;
    return new Promise((settle, fail) => {
      this.#open.set(this.#lastPacketId, { expected, settle, fail });
      send(this.#lastPacketId);
    });
  }
}

function inPackets<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const packets: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += FILTERS_A_PACKET) packets.push(items.slice(at, at + FILTERS_A_PACKET));
  return packets;
}

function refuse(topicFilters: readonly string[], codes: readonly number[]): void {
  const refused = topicFilters.flatMap((filter, i) => {
    const code = codes[i] ?? 0;
    return code >= FIRST_FAILURE ? [`${filter} (${hexCode(code)})`] : [];
  });
  if (refused.length > 0) throw new Error(`the remote broker refused ${refused.join(', ')}`);
}
