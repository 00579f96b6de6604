import { MemoryTransport, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { Bridge } from '../src/bridge.ts';
import type { BridgeOptions, ForwardRule, SubscriptionRule } from '../src/bridge-options.ts';
import { LocalFilters } from '../src/local-filters.ts';
import type { OpenStream, RemoteStream, RemoteStreamEvents, StreamTarget } from '../src/remote/remote-stream.ts';

/** A bridge that forwards nothing and asks for nothing. */
export const PLAIN_BRIDGE: BridgeOptions = {
  name: 'b',
  servers: ['mqtt-tcp://remote'],
  protocolVersion: 5,
  clientId: 'bridge',
  keepAliveSeconds: 60,
  cleanStart: true,
  will: null,
  connect: {
    sessionExpirySeconds: 0,
    receiveMaximum: 65_535,
    maximumPacketBytes: 0,
    requestResponseInformation: false,
    requestProblemInformation: true,
    userProperties: [],
  },
  subscribe: { identifier: 0, userProperties: [] },
  connections: 1,
  forwards: [],
  subscriptions: [],
  transparent: false,
  usesBridgeBit: true,
  queuesQos0: false,
  queueBound: { messages: 1000, bytes: 0 },
  maxBackoffMs: 5000,
  answerTimeoutMs: 10_000,
  maxHops: 8,
  tls: { verifyPeer: true },
  tcp: { noDelay: true, keepAliveMs: null },
};

export function forward(localTopic: string, changes: Partial<ForwardRule> = {}): ForwardRule {
  return { localTopic, remoteTopic: '', prefix: '', suffix: '', ...changes };
}

export function subscription(remoteTopic: string, changes: Partial<SubscriptionRule> = {}): SubscriptionRule {
  return {
    remoteTopic,
    localTopic: '',
    qos: 2,
    prefix: '',
    suffix: '',
    noLocal: true,
    retainAsPublished: true,
    retainHandling: 0,
    ...changes,
  };
}

/** What the far end of a stream does. */
export interface FarEnd {
  /** What our side sent since the last call. */
  send(bytes: Buffer): void;
  take(): Buffer;
  readonly isClosed: boolean;
}

interface OpenedStream {
  readonly events: RemoteStreamEvents;
  readonly far: FarEnd;
  isOver: boolean;
}

/** Two brokers in memory and a bridge of the first one to the second. */
export class BridgeHarness {
  readonly local = new ShardHarness();
  readonly remote = new ShardHarness();
  readonly bridge: Bridge;
  /** Each attempt to connect. */
  readonly attempts: StreamTarget[] = [];
  /** Rejects the next attempts. */
  unreachable = false;
  /** Nothing passes, and nobody is told. */
  isCut = false;
  readonly #streams = new Set<OpenedStream>();
  /** Makes the far end of a stream; default: a connection of the remote broker. */
  readonly #farEnd: (() => FarEnd) | undefined;

  constructor(options: Partial<BridgeOptions> = {}, farEnd?: () => FarEnd, brokerId = 'here') {
    this.#farEnd = farEnd;
    const { shard, clock } = this.local;
    const filters = new LocalFilters(shard, {
      filterAppeared: (topicFilter) => this.bridge.follow(topicFilter, true),
      filterGone: (topicFilter) => this.bridge.follow(topicFilter, false),
    });
    const localFilters = () => filters.all;
    const parts = { shard, clock, logger: shard.logger, brokerId, localFilters };
    const seat = { ...parts, openStream: this.openStream, random: () => 0 };
    this.bridge = new Bridge(seat, { ...PLAIN_BRIDGE, ...options });
  }

  readonly openStream: OpenStream = async (target, events) => {
    this.attempts.push(target);
    if (this.unreachable) throw new Error('connect ECONNREFUSED');
    const opened: OpenedStream = { events, far: this.#farEnd?.() ?? this.#remoteConnection(), isOver: false };
    this.#streams.add(opened);
    const end = () => {
      opened.isOver = true;
      this.#streams.delete(opened);
      if (opened.far instanceof RemoteEnd) opened.far.transport.closeByPeer();
    };
    const stream: RemoteStream = {
      remoteAddress: '10.0.0.1',
      pendingBytes: 0,
      write: (bytes) => {
        if (!opened.isOver && !this.isCut) opened.far.send(Buffer.from(bytes));
        return true;
      },
      pause() {},
      resume() {},
      end,
      destroy: end,
    };
    return stream;
  };

  /** Starts the bridge and has it connect. */
  async start(): Promise<this> {
    this.bridge.start();
    await this.advance(250);
    return this;
  }

  /** Everything that can happen without time passing. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 20; quiet++) {
      for (let i = 0; i < 10; i++) await Promise.resolve();
      const isBusy = [this.local.clock.runTurn(), this.remote.clock.runTurn(), this.#pump()].some(Boolean);
      if (isBusy) quiet = 0;
    }
  }

  /** Time passes for both brokers and the bridge. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      this.local.clock.advance(Math.min(left, 250));
      this.remote.clock.advance(Math.min(left, 250));
      this.bridge.tick(this.local.clock.nowMs());
      await this.settle();
    }
  }

  /** The line breaks, and both ends see it. */
  async breakLine(): Promise<void> {
    for (const opened of [...this.#streams]) {
      this.#streams.delete(opened);
      opened.isOver = true;
      if (opened.far instanceof RemoteEnd) opened.far.transport.resetByPeer();
      opened.events.closed('read ECONNRESET');
    }
    await this.settle();
  }

  /** What the client has been sent, payloads as text. */
  async payloads(client: RawClient): Promise<string[]> {
    await this.settle();
    const ping = client.ping();
    await this.settle();
    await ping;
    return client.received.flatMap((packet) => (packet.cmd === 'publish' ? [String(packet.payload)] : []));
  }

  /** Moves what the far ends sent. */
  #pump(): boolean {
    let moved = false;
    for (const opened of [...this.#streams]) {
      const bytes = this.isCut ? Buffer.alloc(0) : opened.far.take();
      if (bytes.length > 0) {
        moved = true;
        opened.events.received(bytes, bytes.length);
      }
      if (!opened.isOver && !this.isCut && opened.far.isClosed) {
        opened.isOver = true;
        this.#streams.delete(opened);
        opened.events.closed('');
        moved = true;
      }
    }
    return moved;
  }

  #remoteConnection(): FarEnd {
    const transport = new MemoryTransport();
    transport.attach(this.remote.shard.accept(transport));
    return new RemoteEnd(transport);
  }
}

class RemoteEnd implements FarEnd {
  readonly transport: MemoryTransport;

  constructor(transport: MemoryTransport) {
    this.transport = transport;
  }

  get isClosed(): boolean {
    return this.transport.state === 'closed';
  }

  send(bytes: Buffer): void {
    this.transport.send(bytes);
  }

  take(): Buffer {
    return this.transport.take();
  }
}
