import { inspect } from 'node:util';
import { type ISubackPacket, type Packet, type PacketCmd, type Parser, parser } from 'mqtt-packet';

/** The packet of this type; SUBACK with its reason codes as numbers. */
export type PacketOf<Type extends PacketCmd> = Type extends 'suback'
  ? Omit<ISubackPacket, 'granted'> & { granted: number[] }
  : Extract<Packet, { cmd: Type }>;

interface Waiter {
  readonly type: PacketCmd | undefined;
  readonly taken: (packet: Packet) => void;
  readonly failed: (error: Error) => void;
}

/** Packets that came from the broker, parsed with mqtt-packet, and those who wait for the next one. */
export class PacketInbox {
  /** Everything that came, in order; taken or not. */
  readonly received: Packet[] = [];
  readonly #unread: Packet[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #parser: Parser;
  #end = '';

  /** @param arrived  called with each packet once it is in the inbox */
  constructor(protocolVersion: 3 | 4 | 5, arrived: (packet: Packet) => void) {
    this.#parser = parser({ protocolVersion });
    this.#parser.on('packet', (packet) => {
      this.received.push(packet);
      this.#unread.push(packet);
      arrived(packet);
    });
    this.#parser.on('error', (error: Error) => this.close(`what came is not MQTT: ${error.message}`));
  }

  /** Why nothing more comes; '' while something may. */
  get end(): string {
    return this.#end;
  }

  /** True while someone waits. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  /** Packets that came and were not taken, as text; '' when there are none. */
  get unreadText(): string {
    return this.#unread.map((packet) => inspect({ ...packet }, { breakLength: Infinity })).join(', ');
  }

  /** Bytes as the network cut them. Waiters are served. */
  feed(bytes: Buffer): void {
    if (this.#end === '' && bytes.length > 0) this.#parser.parse(bytes);
    for (const waiter of this.#waiters) {
      const packet = this.take(waiter.type);
      if (packet === undefined) continue;
      this.#waiters.delete(waiter);
      waiter.taken(packet);
    }
    if (this.#end !== '') for (const waiter of this.#waiters) this.#fail(waiter, this.#end);
  }

  /** Nothing more will come; those who wait are told why with the next `feed`. */
  close(why: string): void {
    if (this.#end === '') this.#end = why;
  }

  /** The first packet (of this type) that was not taken yet. */
  take(type: PacketCmd | undefined): Packet | undefined {
    const at = this.#unread.findIndex((packet) => type === undefined || packet.cmd === type);
    return at < 0 ? undefined : this.#unread.splice(at, 1)[0];
  }

  /** @throws Error when no such packet comes within `timeoutMs`, or nothing more can come */
  wait(type: PacketCmd | undefined, timeoutMs: number): Promise<Packet> {
    const there = this.take(type);
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        type,
        taken: (packet) => {
          clearTimeout(timer);
          resolve(packet);
        },
        failed: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => this.#fail(waiter, `none within ${timeoutMs} ms`), timeoutMs);
      this.#waiters.add(waiter);
      if (this.#end !== '') this.#fail(waiter, this.#end);
    });
  }

  #fail(waiter: Waiter, why: string): void {
    this.#waiters.delete(waiter);
    waiter.failed(new Error(`no ${waiter.type ?? 'packet'}: ${why}; not taken: ${this.unreadText || 'none'}`));
  }
}
