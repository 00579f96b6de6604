import { decodeConnect, encodeControl } from '@nanomq-ts/codec';
import { describe, expect, it } from 'vitest';
import type { BridgeOptions } from '../src/bridge-options.ts';
import { BridgeHarness, type FarEnd, forward, subscription } from './bridge-harness.ts';

/** A remote broker that says what it is told to. */
class Scripted implements FarEnd {
  readonly got: Buffer[] = [];
  isClosed = false;
  #waiting: Buffer[] = [];
  readonly #answer: (frame: Buffer, say: (hex: string) => void) => void;

  constructor(answer: (frame: Buffer, say: (hex: string) => void) => void) {
    this.#answer = answer;
  }

  send(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      // Every frame here is shorter than 128 bytes, CONNECT of 5.0 with its properties included.
      const end = at + 2 + (bytes[at + 1] as number);
      const frame = bytes.subarray(at, end);
      this.got.push(frame);
      this.#answer(frame, (hex) => this.say(hex));
      at = end;
    }
  }

  say(hex: string): void {
    this.#waiting.push(Buffer.from(hex, 'hex'));
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    return bytes;
  }
}

/** PUBLISH of MQTT 5.0, QoS 1, of less than 16,384 bytes. */
function publishHex(topic: string, properties: string, payload: string, packetId = 1): string {
  const varint = (value: number) =>
    value < 128 ? Buffer.from([value]) : Buffer.from([(value & 127) | 128, value >> 7]);
  const name = Buffer.from(topic);
  const parts = [
    [name.length >> 8, name.length & 255, ...name, 0, packetId],
    varint(properties.length / 2),
    Buffer.from(properties + payload, 'hex'),
  ];
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([0x32]), varint(body.length), body]).toString('hex');
}

const isConnect = (frame: Buffer) => frame[0] === 0x10;
const CONNACK = { 4: '20020000', 5: '2003000000' } as const;

async function bridgeTo(
  answer: (frame: Buffer, say: (hex: string) => void) => void,
  options: Partial<BridgeOptions> = {},
): Promise<{ harness: BridgeHarness; ends: Scripted[] }> {
  const ends: Scripted[] = [];
  const harness = new BridgeHarness({ protocolVersion: 4, ...options }, () => {
    const end = new Scripted(answer);
    ends.push(end);
    return end;
  });
  await harness.start();
  return { harness, ends };
}

/** Admits, then says this. */
const admitsAndSays = (version: 4 | 5, hex: string) => (frame: Buffer, say: (hex: string) => void) => {
  if (isConnect(frame)) say(CONNACK[version] + hex);
};

describe('a remote broker that does what it must not', () => {
  it.each<[string, 4 | 5, string, RegExp]>([
    ['CONNACK that is malformed', 4, '2003000000', /broke the protocol/],
    ['CONNACK twice', 4, `${CONNACK[4]}${CONNACK[4]}`, /broke the protocol.*connack/],
    ['SUBACK without a code, CVE-2024-10525', 4, `${CONNACK[4]}90020001`, /broke the protocol/],
    ['an empty SUBACK', 5, `${CONNACK[5]}9000`, /broke the protocol/],
    ['PUBACK that is too short', 4, `${CONNACK[4]}400101`, /broke the protocol/],
    ['PUBACK with packet identifier 0', 4, `${CONNACK[4]}40020000`, /broke the protocol/],
    ['PUBLISH with QoS 3', 4, `${CONNACK[4]}360500016100 01`.replace(' ', ''), /broke the protocol/],
    ['PUBLISH that ends early', 4, `${CONNACK[4]}30020005`, /broke the protocol/],
    ['a topic alias although none was offered', 5, `${CONNACK[5]}300600000323000178`, /broke the protocol.*alias/],
    ['PUBLISH before CONNACK', 4, '300300016 1'.replace(' ', ''), /broke the protocol/],
    ['a packet of a client', 4, `${CONNACK[4]}c000`, /broke the protocol/],
    ['AUTH that nobody asked for', 5, `${CONNACK[5]}f000`, /broke the protocol/],
    ['a length without end', 4, `${CONNACK[4]}30ffffffffff`, /broke the protocol/],
    ['a packet larger than the limit', 4, `${CONNACK[4]}30ffffff7f`, /broke the protocol.*larger/],
  ])('%s: a clear line, and another attempt', async (_name, version, hex, text) => {
    const answer = (frame: Buffer, say: (hex: string) => void) => {
      if (isConnect(frame)) say(hex);
    };
    const { harness, ends } = await bridgeTo(answer, { protocolVersion: version, subscriptions: [subscription('#')] });
    expect(harness.bridge.status.lastError?.text).toMatch(text);
    const warnings = harness.local.logged.filter(({ level }) => level === 'warn');
    expect(warnings.map((line) => line.text)).toContainEqual(expect.stringMatching(text));
    expect(harness.local.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(harness.bridge.status.state).toBe('connecting');
    const before = ends.length;
    await harness.advance(6000);
    expect(ends.length).toBeGreaterThan(before);
  });

  it('ends each connection over the same message: attempts become as rare as if it were away', async () => {
    const ends: Scripted[] = [];
    const harness = new BridgeHarness({ protocolVersion: 4, forwards: [forward('a')] }, () => {
      const end = new Scripted((frame, say) => {
        if (isConnect(frame)) say(CONNACK[4]);
        else end.isClosed = true;
      });
      ends.push(end);
      return end;
    });
    harness.local.shard.publish('a', Buffer.from('too large'), { qos: 1 });
    await harness.start();
    await harness.advance(60_000);
    // With a factor of 0, at the longest 2.5 s apart.
    expect(ends.length).toBeGreaterThan(20);
    expect(ends.length).toBeLessThan(30);
    expect(harness.bridge.status.backlogMessages).toBe(1);
  });

  it('PUBLISH with a topic name that is not UTF-8 is refused by the local broker', async () => {
    const { harness, ends } = await bridgeTo(admitsAndSays(4, '30040001c378'), { subscriptions: [subscription('#')] });
    expect(harness.bridge.status).toMatchObject({ state: 'connecting' });
    expect(harness.bridge.status.lastError?.text).toMatch(/local broker ended it/);
    await harness.advance(6000);
    expect(ends.length).toBeGreaterThan(1);
  });

  it.each([
    ['more user properties than are allowed here', publishHex('a', '26000161000162'.repeat(33), '78')],
    ['a payload that is not the UTF-8 it says', publishHex('a', '0101', 'ff')],
    ['more topic levels than are allowed here', publishHex(`a${'/a'.repeat(128)}`, '', '78')],
  ])('a message with %s goes, and not the connection', async (_, hex) => {
    const { harness, ends } = await bridgeTo(admitsAndSays(5, hex + publishHex('good', '', '78', 2)), {
      protocolVersion: 5,
      subscriptions: [subscription('#')],
    });
    const { state, lastError, receivedMessages, droppedInByReason } = harness.bridge.status;
    expect({ state, lastError, receivedMessages }).toEqual({
      state: 'connected',
      lastError: null,
      receivedMessages: 2,
    });
    expect(Object.values(droppedInByReason)).toEqual([1]);
    const acknowledged = ends[0]?.got.filter((frame) => frame[0] === 0x40).map((frame) => frame.toString('hex', 2, 4));
    expect(acknowledged).toEqual(['0001', '0002']);
  });

  it('a message as large as is allowed comes in under a longer name', async () => {
    const harness = new BridgeHarness({ subscriptions: [subscription('#', { prefix: 'from/far/away/' })] });
    Object.assign(harness.local.shard.options, { maxPacketBytes: 100 });
    await harness.start();
    const subscriber = await harness.local.client(5);
    await subscriber.subscribe('#', 1);
    const publisher = await harness.remote.client(5);
    publisher.publish('t', 'x'.repeat(92), { qos: 1 });
    publisher.publish('t', 'y', { qos: 1 });
    expect(await harness.payloads(subscriber)).toEqual(['x'.repeat(92), 'y']);
    expect(harness.bridge.status).toMatchObject({ state: 'connected', reconnects: 0 });
  });

  it('more than the receive maximum is answered with 0x93', async () => {
    const publishes = [1, 2, 3].map((id) => `3407000161000${id}0078`).join('');
    const { connect } = new BridgeHarness().bridge.options;
    const { harness, ends } = await bridgeTo(admitsAndSays(5, publishes), {
      protocolVersion: 5,
      connect: { ...connect, receiveMaximum: 2 },
      subscriptions: [subscription('#')],
    });
    expect(harness.bridge.status.lastError?.text).toMatch(/receive maximum/);
    expect(ends[0]?.got.at(-1)?.toString('hex')).toBe('e00193');
  });
});

describe('a remote broker that refuses', () => {
  it.each<[string, Parameters<typeof encodeControl>[0], RegExp]>([
    [
      'for the password',
      { type: 'connack', reasonCode: 0x86, sessionPresent: false },
      /bad user name or password \(0x86\)/,
    ],
    [
      'with words',
      { type: 'connack', reasonCode: 0x87, sessionPresent: false, reasonString: 'not\nyou' },
      /not authorized \(0x87\), "not\?you"/,
    ],
    [
      'and names another',
      { type: 'connack', reasonCode: 0x9d, sessionPresent: false, serverReference: 'other:1883' },
      /server moved \(0x9d\), it names other:1883/,
    ],
    ['later', { type: 'disconnect', reasonCode: 0x9c, serverReference: 'other' }, /disconnected: use another server/],
  ])('%s', async (_name, packet, text) => {
    const hex = encodeControl(packet, 5).toString('hex');
    const { harness, ends } = await bridgeTo(
      (frame, say) => {
        if (isConnect(frame)) say(packet.type === 'disconnect' ? CONNACK[5] + hex : hex);
      },
      { protocolVersion: 5 },
    );
    expect(harness.bridge.status.lastError?.text).toMatch(text);
    await harness.advance(6000);
    expect(ends.length).toBeGreaterThan(1);
  });

  it.each([
    ['return code 1', '20020001', false],
    ['a close without a word', '', true],
  ])('the bridge bit with %s: it does without', async (_name, hex, isClosed) => {
    const ends: Scripted[] = [];
    const harness = new BridgeHarness({ protocolVersion: 4 }, () => {
      const end = new Scripted((frame, say) => {
        if (!isConnect(frame)) return;
        if (!decodeConnect(frame, { maxUserProperties: 1 }).isBridge) say(CONNACK[4]);
        else if (isClosed) end.isClosed = true;
        else say(hex);
      });
      ends.push(end);
      return end;
    });
    await harness.start();
    expect(harness.bridge.status.state).toBe('connecting');
    await harness.advance(6000);
    expect(harness.bridge.status.state).toBe('connected');
    expect(harness.local.logged.map((line) => line.text)).toContainEqual(
      expect.stringMatching(/without the bridge bit/),
    );
  });

  it('nothing, but goes down before CONNACK: the bridge bit stays', async () => {
    const bits: boolean[] = [];
    let isGoingDown = true;
    const harness = new BridgeHarness({ protocolVersion: 4 }, () => {
      const end = new Scripted((frame, say) => {
        if (!isConnect(frame)) return;
        bits.push(decodeConnect(frame, { maxUserProperties: 1 }).isBridge);
        if (isGoingDown) end.isClosed = true;
        else say(CONNACK[4]);
      });
      return end;
    });
    await harness.start();
    while (bits.length < 4) await harness.advance(1000);
    expect(bits).toEqual([true, false, true, false]);
    isGoingDown = false;
    while (bits.length < 5) await harness.advance(1000);
    isGoingDown = true;
    await harness.breakLine();
    while (bits.length < 7) await harness.advance(1000);
    expect(bits).toEqual([true, false, true, false, true, true, true]);
  });

  it('a subscription: the others hold, and it is told', async () => {
    const { harness } = await bridgeTo(
      (frame, say) => {
        if (isConnect(frame)) say(CONNACK[4]);
        if (frame[0] === 0x82) say(`9004${frame.toString('hex', 2, 4)}0180`);
      },
      { subscriptions: [subscription('a'), subscription('b')] },
    );
    expect(harness.bridge.status.state).toBe('connected');
    expect(harness.bridge.status.lastError?.text).toMatch(/refused b \(0x80\)/);
  });
});

describe('a remote broker that goes silent', () => {
  it('is given up when it does not answer PINGREQ', async () => {
    const { harness } = await bridgeTo(admitsAndSays(4, ''), { keepAliveSeconds: 20, answerTimeoutMs: 5000 });
    await harness.advance(10_250);
    expect(harness.bridge.status.state).toBe('connected');
    await harness.advance(5000);
    expect(harness.bridge.status.lastError?.text).toMatch(/no PINGRESP within 5000 ms/);
  });

  it('is given up long before the keep alive ends when acknowledgements are due', async () => {
    const { harness } = await bridgeTo(admitsAndSays(4, ''), {
      keepAliveSeconds: 600,
      answerTimeoutMs: 4000,
      forwards: [forward('#')],
    });
    harness.local.shard.publish('a', Buffer.from('x'), { qos: 1 });
    await harness.advance(7000);
    expect(harness.bridge.status).toMatchObject({ backlogMessages: 1, reconnects: 1 });
    expect(harness.bridge.status.lastError?.text).toMatch(/no PINGRESP/);
  });

  it('is given up when it never answers CONNECT', async () => {
    const { harness, ends } = await bridgeTo(() => {}, { answerTimeoutMs: 3000 });
    await harness.advance(3000);
    expect(harness.bridge.status.lastError?.text).toBe('no answer within 3000 ms');
    await harness.advance(3000);
    expect(ends.length).toBeGreaterThan(1);
  });

  it('is kept while it acknowledges, however late PINGRESP comes', async () => {
    const waiting: string[] = [];
    const { harness, ends } = await bridgeTo(
      (frame, say) => {
        if (isConnect(frame)) say(CONNACK[4]);
        // Of a message for `a`: two bytes of length and one of topic name stand before the packet identifier.
        if (frame[0] === 0x32) waiting.push(frame.toString('hex', 5, 7));
      },
      { keepAliveSeconds: 10, answerTimeoutMs: 4000, forwards: [forward('#')] },
    );
    for (let i = 0; i < 6; i++) harness.local.shard.publish('a', Buffer.from('x'), { qos: 1 });
    await harness.settle();
    for (const packetId of waiting) {
      await harness.advance(3000);
      ends[0]?.say(`4002${packetId}`);
    }
    await harness.settle();
    expect(harness.bridge.status).toMatchObject({ state: 'connected', reconnects: 0, backlogMessages: 0 });
    // Its own keep alive it has from us all the same.
    expect(ends[0]?.got.filter((frame) => frame[0] === 0xc0).length).toBeGreaterThan(1);
    await harness.advance(8000);
    expect(harness.bridge.status.lastError?.text).toMatch(/no PINGRESP/);
  });

  it('is kept when it answers', async () => {
    const { harness } = await bridgeTo(
      (frame, say) => {
        if (isConnect(frame)) say(CONNACK[4]);
        if (frame[0] === 0xc0) say('d000');
      },
      { keepAliveSeconds: 10 },
    );
    await harness.advance(60_000);
    expect(harness.bridge.status).toMatchObject({ state: 'connected', reconnects: 0 });
  });
});
