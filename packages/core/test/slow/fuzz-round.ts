import { setImmediate as nextTurn } from 'node:timers/promises';
import { FrameMutator, MemoryTransport, packetFault, type RandomSource } from '@nanomq-ts/testkit';
import type { FuzzedShard } from './fuzzed-shard.ts';

const MOST_FRAMES = 12;
/** Connections open at a time. */
const MOST_OPEN = 24;
const CLIENT_IDS = 12;
/** One connection in so many has its answers parsed. */
const CHECKED = 8;

interface FuzzedConnection {
  readonly transport: MemoryTransport;
  readonly version: 3 | 4 | 5;
  /** Its CONNECT was ours, so the version of the answers is known. */
  readonly isChecked: boolean;
}

/** Sends rounds of mutated frames to a shard and looks at what they left. */
export class FuzzRound {
  readonly #shard: FuzzedShard;
  readonly #random: RandomSource;
  readonly #mutator: FrameMutator;
  #open: FuzzedConnection[] = [];
  /** Chunks of the connection being fed, for the report. */
  #chunks: Buffer[] = [];

  constructor(shard: FuzzedShard, random: RandomSource) {
    this.#shard = shard;
    this.#random = random;
    this.#mutator = new FrameMutator(random);
  }

  /**
   * Goes on until the shard has looked at `frames` frames; what stood behind a frame that ended its connection is not
   * counted, and neither is our CONNECT.
   * @throws Error with the bytes that did it
   */
  async run(frames: number): Promise<void> {
    const { clock, shard } = this.#shard.harness;
    const begin = shard.counters.packetsReceived;
    let connects = 0;
    while (shard.counters.packetsReceived - begin - connects < frames) {
      connects += this.#connection();
      if (this.#random.chance(1, 4)) clock.runTurn();
      if (this.#random.chance(1, 16)) await nextTurn();
      if (this.#random.chance(1, 64)) clock.advance(this.#random.below(30_000));
      if (this.#random.chance(1, 8)) this.#shard.commit();
      if (this.#open.length > MOST_OPEN) this.#close(this.#open.shift() as FuzzedConnection);
    }
    for (const connection of this.#open) this.#close(connection);
    this.#open = [];
    await this.#comeToRest();
  }

  /** @returns CONNECTs that were not mutated */
  #connection(): number {
    const random = this.#random;
    const version = random.pick([3, 4, 5] as const);
    const isOwnConnect = random.chance(7, 8);
    const transport = new MemoryTransport();
    transport.attach(this.#shard.harness.shard.accept(transport));
    const connect = isOwnConnect ? ownConnect(version, random) : this.#mutator.connect(version);
    const count = 1 + random.below(MOST_FRAMES);
    const frames = Array.from({ length: count }, () => this.#mutator.frame(version));
    if (random.chance(1, 16)) transport.congest();
    this.#send(transport, Buffer.concat([connect, ...frames]));
    this.#open.push({ transport, version, isChecked: isOwnConnect && random.chance(1, CHECKED) });
    return isOwnConnect ? 1 : 0;
  }

  #send(transport: MemoryTransport, bytes: Buffer): void {
    this.#chunks = [];
    for (let at = 0; at < bytes.length; ) {
      const end = this.#random.chance(1, 2) ? bytes.length : at + 1 + this.#random.below(bytes.length - at);
      const chunk = bytes.subarray(at, end);
      this.#chunks.push(chunk);
      at = end;
      try {
        transport.send(chunk);
      } catch (error) {
        throw this.#report('an exception left the shard', error);
      }
      if (this.#random.chance(1, 4)) this.#shard.harness.clock.runTurn();
    }
    if (this.#shard.errors.length > 0) throw this.#report(this.#shard.errors.join('\n'));
  }

  #close({ transport, version, isChecked }: FuzzedConnection): void {
    this.#shard.harness.clock.runTurn();
    const fault = isChecked && !transport.isCongested ? packetFault(transport.take(), version) : '';
    if (fault !== '') throw new Error(`the shard sent what MQTT ${version} is not: ${fault}`);
    if (this.#random.chance(1, 2)) transport.relieve();
    if (this.#random.chance(1, 2)) transport.closeByPeer();
    transport.resetByPeer();
  }

  /** Everyone is gone: nothing may be left once the sessions are ended. */
  async #comeToRest(): Promise<void> {
    const { shard, clock } = this.#shard.harness;
    await nextTurn();
    this.#shard.commit();
    clock.runTurn();
    await nextTurn();
    for (const session of [...shard.sessions.values()]) if (session.connection === null) shard.sessions.end(session);
    clock.runTurn();
    this.#shard.commit();
    if (this.#shard.errors.length > 0) throw new Error(this.#shard.errors.join('\n'));
  }

  #report(what: string, cause?: unknown): Error {
    const chunks = this.#chunks.map((chunk) => chunk.toString('hex')).join(' | ');
    return new Error(`${what}\nby the chunks ${chunks}`, { cause });
  }
}

/** A well-formed CONNECT of one of few client identifiers; sessions that last, wills and receive maximum by chance. */
function ownConnect(version: 3 | 4 | 5, random: RandomSource): Buffer {
  const hasWill = random.chance(1, 4);
  const flags = (random.chance(1, 2) ? 0x02 : 0) | (hasWill ? 0x04 | (random.below(3) << 3) : 0);
  const expiry = random.chance(1, 2) ? [0x11, 0, 0, 0, random.below(120)] : [];
  const limits = [
    ...(random.chance(1, 4) ? [0x21, 0, 1 + random.below(4)] : []),
    ...(random.chance(1, 8) ? [0x27, 0, 0, 0, 5 + random.below(60)] : []),
    ...(random.chance(1, 8) ? [0x22, 0, random.below(8)] : []),
  ];
  const properties = version === 5 ? [expiry.length + limits.length, ...expiry, ...limits] : [];
  const willProperties = version === 5 ? [5, 0x18, 0, 0, 0, random.below(20)] : [];
  const will = hasWill ? [...willProperties, 0, 3, 0x61, 0x2f, 0x62, 0, 1, 0x77] : [];
  const name = version === 3 ? [0, 6, ...Buffer.from('MQIsdp')] : [0, 4, ...Buffer.from('MQTT')];
  const body = [
    ...name,
    version,
    flags,
    0,
    random.below(20),
    ...properties,
    0,
    2,
    0x66,
    0x30 + random.below(CLIENT_IDS),
    ...will,
  ];
  return Buffer.from([0x10, body.length, ...body]);
}
