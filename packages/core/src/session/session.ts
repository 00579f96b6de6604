import type { ProtocolVersion, Will } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import type { Replay } from '../retained/replay.ts';
import type { WheelTimer } from '../time/timer-wheel.ts';
import { type InflightWindow, LAST_PACKET_ID } from './inflight-window.ts';
import type { MessageQueue, QueueBound } from './message-queue.ts';
import type { PacketIdSet } from './packet-id-set.ts';
import { type SessionBlock, UNLISTED } from './session-blocks.ts';
import type { Subscription } from './subscription.ts';

/** A session expiry interval that never ends, in seconds. */
export const NEVER_EXPIRES_SECONDS = 0xffffffff;

/**
 * What is kept for a client identifier; may outlive the connection. Parts that few sessions need are made when
 * they are first needed, so that an idle subscriber stays small.
 * @see MQTT 5.0, 4.1 Session State
 */
export class Session {
  readonly clientId: string;
  /** The broker's own: may receive everything. */
  readonly isOwn: boolean;
  /** Counts the sessions of the registry in the order they were made. */
  ordinal = 0;
  /** Where the registry lists it. */
  block: SessionBlock = UNLISTED;
  /** The name its client acts under. */
  username: string | undefined = undefined;
  remoteAddress = '';
  /** What the Access attached to the client when it came in. */
  identity: object | null = null;
  /** Generation of the Access when the right to receive what waits was last looked at. */
  checkedGeneration = 0;
  /** null while offline. */
  connection: Connection | null = null;
  /** Of the last connection; decides the layout of what is sent. */
  protocolVersion: ProtocolVersion = 4;
  keepAliveSeconds = 0;
  /** MQTT 3.x: the last CONNECT said that the client is a bridge. */
  isBridge = false;
  cleanStart = true;
  /** Of the last CONNECT, milliseconds since 1970. */
  connectedAtMs = 0;
  expirySeconds = 0;
  /** What the client can receive at once: its receive maximum, bounded by `mqtt.max_inflight_window`. */
  windowLimit = 0;
  /** The last connection may be sent topic aliases. */
  usesTopicAliases = false;
  subscriptions: Map<string, Subscription> | null = null;
  /** Outbound QoS 1 and 2. */
  window: InflightWindow | null = null;
  queue: MessageQueue | null = null;
  /** Bounds of its message queue that drop the oldest; null = those of the shard, which refuse the newest. */
  queueBound: QueueBound | null = null;
  /** QoS 0 waits while it is offline, whatever `mqtt.queue_qos0` says. */
  queuesQos0 = false;
  /** Packet identifiers of what is sent to it are at most this. */
  lastPacketId = LAST_PACKET_ID;
  /** What was dropped on the way to it, by `DropReason`; null = nobody asks. */
  drops: number[] | null = null;
  nextSequence = 1;
  /** Retained messages that the client has not been able to take yet, by topic filter. */
  replays: Map<string, Replay> | null = null;
  /** Inbound QoS 2 between PUBLISH and PUBREL. */
  inboundIds: PacketIdSet | null = null;
  will: Will | null = null;
  expiryTimer: WheelTimer | null = null;
  willTimer: WheelTimer | null = null;
  retryTimer: WheelTimer | null = null;
  /** PUBLISH packets received from the client. */
  receivedMessages = 0;

  constructor(clientId: string, isOwn = false) {
    this.clientId = clientId;
    this.isOwn = isOwn;
  }

  /** The session outlives its connection, so its state goes to the store. */
  get isDurable(): boolean {
    return this.expirySeconds > 0;
  }
}
