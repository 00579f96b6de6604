import {
  type ClientPacket,
  type ConnackPacket,
  type ConnectPacket,
  decodeServerControl,
  encodeClientControl,
  FrameReader,
  type FrameSink,
  FrameVerdict,
  MqttError,
  PacketType,
  type ProtocolVersion,
  type ServerControlPacket,
} from '@nanomq-ts/codec';
import { hexCode, reasonOf } from './reason-text.ts';
import type { OpenStream, RemoteStream, RemoteStreamEvents, StreamTarget } from './remote-stream.ts';

/** User properties in an answer of the remote broker. */
const LIMITS = { maxUserProperties: 1024 };
/** Largest packet from the remote broker before it has accepted us. */
const MAX_CONNACK_BYTES = 64 * 1024;

/** What a connection tells once it is accepted. Frames are borrowed for the call. */
export interface RemoteEvents {
  /** PUBLISH or one of its acknowledgements. @throws MqttError, which ends the connection */
  message(type: PacketType, buf: Buffer, start: number, bodyStart: number, end: number): void;
  /** SUBACK or UNSUBACK. */
  answered(packet: ServerControlPacket): void;
  /** What one read brought was handed over. */
  chunkEnds(): void;
  drained(): void;
  /** It is over; called once. */
  closed(reason: string): void;
}

/** Settings of one connection. */
export interface RemoteTerms {
  readonly connect: ConnectPacket;
  readonly target: StreamTarget;
  /** How long PINGRESP may take. When acknowledgements are due it is asked for after half as long without a sign. */
  readonly answerTimeoutMs: number;
  readonly maxPacketBytes: number;
}

/**
 * One connection to a remote broker: CONNECT and CONNACK, keep alive, and how it ends. What it carries is for its owner.
 * It obeys what binds a client [v3.1.1 MQTT-7.0.0-1]. Everything that is wrong with the remote broker ends here: as a rejection while it connects, as `closed` afterwards.
 */
export class RemoteConnection implements RemoteStreamEvents, FrameSink {
  readonly #terms: RemoteTerms;
  readonly #nowMs: () => number;
  readonly #version: ProtocolVersion;
  readonly #reader = new FrameReader(MAX_CONNACK_BYTES);
  #events: RemoteEvents | null = null;
  #stream: RemoteStream | null = null;
  #accepted: ((connack: ConnackPacket) => void) | null = null;
  #refused: ((error: Error) => void) | null = null;
  #isOver = false;
  /** Why it was over before anybody could be told. */
  #endedEarly: string | null = null;
  #keepAliveMs: number;
  #lastReceivedMs: number;
  #lastSentMs: number;
  /** 0 = no PINGRESP is due. */
  #pingSentMs = 0;

  private constructor(terms: RemoteTerms, nowMs: () => number) {
    this.#terms = terms;
    this.#nowMs = nowMs;
    this.#version = terms.connect.protocolVersion;
    this.#keepAliveMs = terms.connect.keepAliveSeconds * 1000;
    this.#lastReceivedMs = this.#lastSentMs = nowMs();
  }

  /**
   * Connects and waits for CONNACK.
   * @param signal  gives up; the promise then rejects
   * @throws Error (rejects) that says for the operator what went wrong; {@link RefusedError} for a refusal
   */
  static async open(
    openStream: OpenStream,
    terms: RemoteTerms,
    nowMs: () => number,
    signal: AbortSignal,
  ): Promise<{ remote: RemoteConnection; connack: ConnackPacket }> {
    const remote = new RemoteConnection(terms, nowMs);
    return { remote, connack: await remote.#open(openStream, signal) };
  }

  /** Says who is told, and hands over what came behind CONNACK. */
  attach(events: RemoteEvents): void {
    this.#events = events;
    if (this.#endedEarly !== null) events.closed(this.#endedEarly);
    else this.#guarded(() => this.#reader.resume(this));
  }

  get remoteAddress(): string {
    return this.#stream?.remoteAddress ?? '';
  }

  get pendingBytes(): number {
    return this.#stream?.pendingBytes ?? 0;
  }

  /** @returns false when the bytes wait; `drained` will be called */
  write(bytes: Buffer): boolean {
    this.#lastSentMs = this.#nowMs();
    return this.#stream?.write(bytes) ?? true;
  }

  send(packet: ClientPacket): void {
    this.write(encodeClientControl(packet, this.#version));
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  /** Says DISCONNECT and ends; `closed` is not called. @param reasonCode  for MQTT 5.0 */
  close(reasonCode = 0): void {
    if (this.#isOver) return;
    // A client of 3.x has no way to say that something is wrong, other than not to say DISCONNECT.
    if (reasonCode === 0 || this.#version === 5) this.send({ type: 'disconnect', reasonCode });
    this.#isOver = true;
    this.#stream?.end();
  }

  /**
   * Looks after keep alive and silence. A remote broker that owes an answer is asked for a life sign early, so that a
   * cut line is known of long before the keep alive is over.
   * @param isOwed  acknowledgements are due
   */
  tick(isOwed: boolean): void {
    if (this.#isOver) return;
    const nowMs = this.#nowMs();
    const { answerTimeoutMs } = this.#terms;
    const isDue = (sinceMs: number) => this.#keepAliveMs > 0 && nowMs - sinceMs >= this.#keepAliveMs / 2;
    if (this.#pingSentMs > 0) {
      // Acknowledgements are a life sign too: over a slow line PINGREQ waits behind the messages that they are for.
      const silentMs = nowMs - Math.max(this.#pingSentMs, this.#lastReceivedMs);
      if (silentMs >= answerTimeoutMs) this.#fail(`no PINGRESP within ${answerTimeoutMs} ms`);
      else if (isDue(this.#lastSentMs)) this.send({ type: 'pingreq' });
      return;
    }
    const isLate = isOwed && nowMs - this.#lastReceivedMs >= answerTimeoutMs / 2;
    if (!isLate && !isDue(Math.min(this.#lastSentMs, this.#lastReceivedMs))) return;
    this.#pingSentMs = nowMs;
    this.send({ type: 'pingreq' });
  }

  // What the stream and the frame reader call

  received(chunk: Buffer, length: number): void {
    if (this.#isOver) return;
    this.#lastReceivedMs = this.#nowMs();
    this.#guarded(() => this.#reader.read(chunk, 0, length, this));
  }

  frame(buf: Buffer, start: number, bodyStart: number, end: number): FrameVerdict {
    const type = (buf[start] as number) >> 4;
    switch (type) {
      case PacketType.Publish:
      case PacketType.Puback:
      case PacketType.Pubrec:
      case PacketType.Pubrel:
      case PacketType.Pubcomp:
        if (this.#accepted !== null || this.#events === null) throw unexpected(type);
        this.#events.message(type, buf, start, bodyStart, end);
        break;
      case PacketType.Pingresp:
        if (end - start !== 2 || this.#accepted !== null) throw unexpected(type);
        this.#pingSentMs = 0;
        break;
      default:
        return this.#control(decodeServerControl(buf.subarray(start, end), this.#version, LIMITS));
    }
    return this.#isOver ? FrameVerdict.Stop : FrameVerdict.Continue;
  }

  frameBegun(): void {}

  drained(): void {
    if (!this.#isOver) this.#events?.drained();
  }

  closed(reason: string): void {
    this.#end(reason === '' ? 'the remote broker closed the connection' : reason);
  }

  async #open(openStream: OpenStream, signal: AbortSignal): Promise<ConnackPacket> {
    const stream = await openStream(this.#terms.target, this);
    this.#stream = stream;
    try {
      signal.throwIfAborted();
      return await this.#handshake(signal);
    } catch (error) {
      this.#isOver = true;
      stream.destroy();
      throw error;
    }
  }

  #handshake(signal: AbortSignal): Promise<ConnackPacket> {
    return new Promise<ConnackPacket>((resolve, reject) => {
      const settle = (then: () => void) => {
        signal.removeEventListener('abort', aborted);
        this.#accepted = this.#refused = null;
        then();
      };
      const aborted = () => settle(() => reject(signal.reason as Error));
      signal.addEventListener('abort', aborted);
      this.#accepted = (connack) => settle(() => resolve(connack));
      this.#refused = (error) => settle(() => reject(error));
      this.send(this.#terms.connect);
    });
  }

  #guarded(read: () => void): void {
    try {
      read();
      this.#events?.chunkEnds();
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      this.#fail(`the remote broker broke the protocol: ${error.message}`, error.reasonCode);
    }
  }

  #control(packet: ServerControlPacket): FrameVerdict {
    if (packet.type === 'connack') return this.#connack(packet);
    if (this.#accepted !== null) throw unexpected(packet.type);
    if (packet.type === 'disconnect') this.#end(`the remote broker disconnected: ${reasonOf(packet)}`);
    else this.#events?.answered(packet);
    return this.#isOver ? FrameVerdict.Stop : FrameVerdict.Continue;
  }

  #connack(connack: ConnackPacket): FrameVerdict {
    if (this.#accepted === null) throw unexpected('connack');
    if (connack.reasonCode !== 0) {
      this.#isOver = true;
      this.#refused?.(new RefusedError(connack));
      return FrameVerdict.Stop;
    }
    if (connack.serverKeepAliveSeconds !== undefined) this.#keepAliveMs = connack.serverKeepAliveSeconds * 1000;
    this.#reader.maxPacketBytes = this.#terms.maxPacketBytes;
    this.#accepted(connack);
    // What follows is for whoever attaches. [MQTT-3.2.0-1]
    return FrameVerdict.Suspend;
  }

  #fail(reason: string, reasonCode = 0x80): void {
    const stream = this.#stream;
    if (this.#version === 5) this.send({ type: 'disconnect', reasonCode });
    this.#end(reason);
    stream?.destroy();
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#refused !== null) this.#refused(new Error(`${reason} before CONNACK`));
    else if (this.#events === null) this.#endedEarly = reason;
    else this.#events.closed(reason);
    this.#stream?.destroy();
  }
}

/** The remote broker said no. */
export class RefusedError extends Error {
  readonly reasonCode: number;

  constructor(connack: ConnackPacket) {
    super(`the remote broker refused: ${reasonOf(connack)}`);
    this.name = 'RefusedError';
    this.reasonCode = connack.reasonCode;
  }
}

function unexpected(type: number | string): MqttError {
  const detail = typeof type === 'number' ? hexCode(type << 4) : type;
  return new MqttError('PACKET_UNEXPECTED', { detail });
}
