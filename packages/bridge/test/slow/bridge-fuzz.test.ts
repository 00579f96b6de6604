import { encodeControl, type ServerControlPacket } from '@nanomq-ts/codec';
import { FrameMutator, RandomSource } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';
import { BridgeHarness, type FarEnd, forward, subscription } from '../bridge-harness.ts';

const ROUNDS = 1500;
const CONNACK = { type: 'connack', reasonCode: 0, sessionPresent: false } as const;
/** What else only a broker says. */
const ANSWERS: readonly ServerControlPacket[] = [
  { ...CONNACK, sessionPresent: true, receiveMaximum: 2, userProperties: [['bridge-origin', 'there']] },
  { type: 'suback', packetId: 0xf000, reasonCodes: [1] },
  { type: 'unsuback', packetId: 0xf001, reasonCodes: [0] },
];
const PINGRESP = Buffer.from('d000', 'hex');
const DISCONNECT = Buffer.from('e0018b', 'hex');

/** A remote broker that says whatever it is given. */
class Babbler implements FarEnd {
  isClosed = false;
  waiting: Buffer[] = [];

  send(): void {}

  take(): Buffer {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    return bytes;
  }
}

it.each([4, 5] as const)(
  'nothing that a remote broker of version %i says does more than end its connection',
  async (version) => {
    const random = new RandomSource(version);
    const mutator = new FrameMutator(random);
    const answers = [...ANSWERS.map((packet) => encodeControl(packet, version)), PINGRESP, DISCONNECT];
    const options = { protocolVersion: version, forwards: [forward('#')], subscriptions: [subscription('+/#')] };
    let connected = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const harness = new BridgeHarness(options, () => {
        const end = new Babbler();
        const frames = [encodeControl(CONNACK, version)];
        for (let left = random.below(6); left > 0; left--) {
          frames.push(random.chance(1, 3) ? changed(random, random.pick(answers)) : mutator.frame(version));
        }
        end.waiting = random.chance(1, 8) ? frames.map((frame) => changed(random, frame)) : frames;
        return end;
      });
      for (const qos of [0, 1, 2] as const) harness.local.shard.publish('a/b', Buffer.from('x'), { qos });
      await harness.start();
      await harness.advance(500);
      if (harness.bridge.status.state === 'connected') connected++;
      harness.bridge.close();
      await harness.settle();
      expect(harness.local.logged.filter(({ level }) => level === 'error')).toEqual([]);
      expect([harness.local.shard.messages.size, harness.local.shard.index.size]).toEqual([0, 0]);
    }
    expect(connected).toBeGreaterThan(ROUNDS / 20);
  },
);

function changed(random: RandomSource, frame: Buffer): Buffer {
  const bytes = Buffer.from(frame);
  if (random.chance(1, 2) && bytes.length > 2) bytes[2 + random.below(bytes.length - 2)] = random.below(256);
  return bytes;
}
