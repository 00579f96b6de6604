import type { ProtocolVersion } from '@nanomq-ts/codec';
import {
  type AckHeader,
  FrameReader,
  type FrameSink,
  FrameVerdict,
  MAX_ACK_BYTES,
  PacketType,
  writeAck,
} from '@nanomq-ts/codec';
import type { PublishGrants } from '../access/publish-grants.ts';
import { dispatch, notConnect } from '../handlers/dispatch.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { OutgoingRelay } from '../peers/outgoing-relay.ts';
import type { Transport, TransportEvents } from '../ports/transport.ts';
import type { Route } from '../routing/route.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';
import { WheelTimer } from '../time/timer-wheel.ts';
import type { TopicAliasesOut } from '../topics/topic-aliases-out.ts';
import { ConnectionState } from './connection-state.ts';
import { connectionClosed, faultIn, timerDueOn } from './lifecycle.ts';
import { OutBuffer } from './out-buffer.ts';

const PUBREL_HEADER = 0x62;
/** Bytes of stored messages that wait in a blocked out-buffer before the rest stays in the message queue. */
const STORED_AHEAD_BYTES = 1024 * 1024;

/**
 * One network connection: joins a transport to the handlers. The parts have files of their own: `FrameReader` cuts
 * frames, `OutBuffer` collects what goes out, `lifecycle.ts` and `refuse.ts` decide how it ends.
 */
export class Connection implements TransportEvents, FrameSink {
  readonly shard: Shard;
  readonly transport: Transport;
  readonly out: OutBuffer;
  readonly reader: FrameReader;
  state: ConnectionState = ConnectionState.Opening;
  session: Session | null = null;
  protocolVersion: ProtocolVersion = 4;
  isVersion5 = false;
  /** The client's maximum packet size; 0 = none stated. */
  maxPacketBytes = 0;
  requestProblemInformation = true;
  /** Topic name bytes by alias, from the client. */
  aliasesIn: (Buffer | undefined)[] | null = null;
  /** Aliases the client lets us use. */
  aliasesOut: TopicAliasesOut | null = null;
  /** The route of the last PUBLISH: most publishers stay with their topic. */
  lastRoute: Route | null = null;
  /** The route that the Access said last may be published to, where its answers hold. */
  grantedRoute: Route | null = null;
  /** Its other answers that hold. */
  publishGrants: PublishGrants | null = null;
  /** Ends the connection when the client's credentials do; null = they never end. */
  credentialsTimer: WheelTimer | null = null;
  /** PUBACK, PUBCOMP and refusing PUBREC that the commit gate holds: until they go out they use up send quota. */
  heldMessages = 0;
  /** Input waits for an answer of the Access port. */
  isHeld = false;
  /** Null where no rate is limited. */
  rate: RateLimiter | null = null;
  /** Reading pauses because the client was faster than its rate. */
  isPaced = false;
  /** Reading pauses because the client leaves unread what it is sent. */
  isUnread = false;
  /** For so many milliseconds the input that is being handled was held; 0 when it came just now. */
  inputHeldMs = 0;
  /** Inbound QoS 2 identifiers left over from earlier connections, which this one's send quota does not know. */
  inheritedIds = 0;
  /** Clock at the last whole packet received, milliseconds. */
  lastPacketMs: number;
  /** 0 = never. */
  keepAliveLimitMs = 0;
  timer: WheelTimer;
  connectedAtMs = 0;
  /** Claimed in the directory of sessions, until CONNECT has become a session or nothing. */
  claimedId: string | null = null;
  /** Set while the state is Relayed. */
  relay: OutgoingRelay | null = null;
  /** Reading pauses because a peer cannot take more of what the client sends. */
  isAwaitingPeers = false;

  constructor(shard: Shard, transport: Transport) {
    this.shard = shard;
    this.transport = transport;
    this.out = new OutBuffer(transport, shard.bufferPool, shard.flushQueue, shard.counters);
    this.reader = new FrameReader(shard.options.maxConnectPacketBytes);
    this.lastPacketMs = shard.turn.nowMs;
    this.timer = new WheelTimer(this);
  }

  /** More waits for the client than a slow receiver is allowed. */
  get isCongested(): boolean {
    return this.out.isBlocked && this.out.waitingBytes > this.shard.options.maxOutBufferBytes;
  }

  /** So much waits that stored messages stay where they are: in the out-buffer they would be kept twice. */
  get isBackedUp(): boolean {
    const limitBytes = Math.min(this.shard.options.maxOutBufferBytes, STORED_AHEAD_BYTES);
    return this.out.isBlocked && this.out.waitingBytes > limitBytes;
  }

  received(chunk: Buffer, length: number): void {
    if (this.state === ConnectionState.Ended) return;
    const shard = this.shard;
    shard.turn.begin();
    if (shard.peers.all.length > 0) {
      shard.peers.poll();
      if (!this.#mayRead(chunk, length)) return;
    }
    const { packetsReceived } = shard.counters;
    shard.counters.bytesReceived += length;
    try {
      this.reader.read(chunk, 0, length, this);
    } catch (error) {
      faultIn(this, error);
    }
    // Bytes alone are no life sign: who trickles one packet would stay for ever. [MQTT-3.1.2-22]
    if (shard.counters.packetsReceived !== packetsReceived) this.lastPacketMs = shard.turn.nowMs;
    if (this.rate !== null) this.rate.charge(length);
    shard.deliver.chunkEnds();
    if (this.out.isBlocked) shard.guard.unread.chunkHandled(this);
    if (shard.peers.all.length > 0) shard.peers.chunkHandled(this);
  }

  frame(buf: Buffer, start: number, bodyStart: number, end: number): FrameVerdict {
    return dispatch(this.shard, this, buf, start, bodyStart, end);
  }

  frameBegun(firstByte: number): void {
    if (this.state === ConnectionState.Opening && firstByte >> 4 !== PacketType.Connect) throw notConnect(); // [MQTT-3.1.0-1]
  }

  drained(): void {
    if (this.state === ConnectionState.Ended) return;
    this.shard.turn.begin();
    if (this.relay !== null) {
      this.relay.drained();
      return;
    }
    this.out.drained();
    if (this.session !== null) this.shard.sessionDrained(this.session);
  }

  closed(): void {
    this.shard.turn.begin();
    connectionClosed(this);
  }

  timerDue(_timer: WheelTimer, nowMs: number): void {
    timerDueOn(this, nowMs);
  }

  /** The client was slowed down to its rate: reading goes on. */
  paceOver(): void {
    this.isPaced = false;
    this.lastPacketMs = this.shard.turn.nowMs;
    this.#resumeReading();
  }

  /** The client has read its answers: reading goes on. */
  outputRead(): void {
    this.isUnread = false;
    this.lastPacketMs = this.shard.turn.nowMs;
    this.#resumeReading();
  }

  /** The peers take more: reading goes on. */
  peersReady(): void {
    this.isAwaitingPeers = false;
    this.lastPacketMs = this.shard.turn.nowMs;
    if (this.relay?.isPausedThere !== true) this.#resumeReading();
  }

  /** Appends an acknowledgement. A reason code other than success needs MQTT 5.0. */
  sendAck(header: AckHeader, packetId: number, reasonCode: number): void {
    const at = this.out.reserve(reasonCode === 0 ? 4 : MAX_ACK_BYTES);
    writeAck(this.out.bytes as Buffer, at, header, packetId, reasonCode);
  }

  sendPubrel(packetId: number): void {
    this.sendAck(PUBREL_HEADER, packetId, 0);
  }

  /**
   * Holds this client's input until `answer` settles, then hands it to `settled` and goes on.
   * @returns the verdict for the frame being handled
   */
  suspend<T>(answer: Promise<T>, settled: (value: T) => FrameVerdict): FrameVerdict {
    this.transport.pause();
    this.isHeld = true;
    const cameAtMs = this.shard.turn.nowMs - this.inputHeldMs;
    answer.then(
      (value) => this.#goOn(cameAtMs, () => settled(value)),
      (error: unknown) =>
        this.#goOn(cameAtMs, () => {
          throw error;
        }),
    );
    return FrameVerdict.Suspend;
  }

  #resumeReading(): void {
    if (this.isHeld || this.isPaced || this.isUnread || this.isAwaitingPeers) return;
    if (this.state !== ConnectionState.Ended) this.transport.resume();
  }

  /** Whether the chunk is for this shard's handlers: what peers had sent may have ended the connection. */
  #mayRead(chunk: Buffer, length: number): boolean {
    if (this.relay === null) return this.state !== ConnectionState.Ended;
    this.relay.received(chunk, length);
    this.shard.peers.chunkHandled(this);
    return false;
  }

  #goOn(cameAtMs: number, settle: () => FrameVerdict): void {
    const { turn, peers, deliver } = this.shard;
    turn.begin();
    if (peers.all.length > 0) peers.poll();
    if (this.state === ConnectionState.Ended) return;
    this.isHeld = false;
    this.lastPacketMs = turn.nowMs;
    this.inputHeldMs = turn.nowMs - cameAtMs;
    // What came before the answer goes out by the routes and in the layouts of that time.
    deliver.seal();
    try {
      if (settle() === FrameVerdict.Continue && this.reader.resume(this) === FrameVerdict.Continue) {
        this.#resumeReading();
      }
    } catch (error) {
      faultIn(this, error);
    }
    this.inputHeldMs = 0;
    deliver.chunkEnds();
    if (peers.all.length > 0) peers.chunkHandled(this);
  }
}
