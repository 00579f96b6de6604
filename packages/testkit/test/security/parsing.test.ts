import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientVectors, FrameMutator, RandomSource, vectorBytes } from '../../src/index.ts';
import { attacker, connectFrame, frame, text, victim } from './victim.ts';

const VERSIONS = [3, 4, 5] as const;
/** CONNACK, SUBACK, UNSUBACK, PINGRESP of a server, and PUBACK to SUBSCRIBE before CONNECT. */
const SERVER_ONLY = ['20 02 00 00', '90 03 00 01 00', 'b0 02 00 01', 'd0 00'];
const NOT_FIRST = ['30 04 00 01 74 78', '40 02 00 01', '62 02 00 01', '82 06 00 01 00 01 74 00', 'c0 00', 'e0 00'];

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

describe('the first packet', () => {
  it.each(Array.from({ length: 15 }, (_, i) => [i]))(
    'CVE-2023-0809: a first byte of type %i is refused by the byte alone, whatever length it announces',
    async (type) => {
      const at = await victim();
      for (const firstByte of [...Array(16).keys()].map((flags) => ((type === 1 ? 15 : type) << 4) | flags)) {
        const { client } = at.harness.open(4);
        client.link.send(Buffer.from([firstByte]));
        client.link.send(bytesOf('ff ff ff'));
        await client.expectClosed();
        expect(client.received).toEqual([]);
      }
      await at.expectUnharmed();
    },
  );

  it.each([...SERVER_ONLY, ...NOT_FIRST])('CVE-2021-28166: %s before CONNECT closes without a word', async (hex) => {
    const at = await victim();
    const { client } = at.harness.open(5);
    client.sendHex(hex);
    await client.expectClosed();
    expect(client.received).toEqual([]);
    await at.expectUnharmed();
  });
});

it.each(SERVER_ONLY.flatMap((hex) => VERSIONS.map((version) => [hex, version] as const)))(
  'CVE-2021-28166: %s from a client of version %i closes its connection',
  async (hex, version) => {
    const at = await victim();
    const client = await attacker(at, version);
    client.sendHex(hex);
    await client.expectClosed();
    await at.expectUnharmed();
  },
);

describe('lengths', () => {
  const pingWith = (...length: number[]) => Buffer.from([0xc0, ...length]);

  it.each([
    ['1 byte', [0x00], true],
    ['2 bytes, longer than need be', [0x80, 0x00], false],
    ['3 bytes, longer than need be', [0x80, 0x80, 0x00], false],
    ['4 bytes, longer than need be', [0x80, 0x80, 0x80, 0x00], false],
    ['5 bytes', [0x80, 0x80, 0x80, 0x80, 0x00], false],
    ['5 bytes, all set', [0xff, 0xff, 0xff, 0xff, 0xff], false],
    ['6 bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01], false],
  ] as const)('CVE-2026-21888: a variable byte integer of %s, whole and byte by byte', async (_, length, isMinimal) => {
    const outcomes: boolean[] = [];
    for (const cut of [false, true]) {
      const at = await victim();
      const client = await attacker(at, 5);
      const bytes = pingWith(...length);
      if (cut) for (const byte of bytes) client.link.send(Buffer.of(byte));
      else client.link.send(bytes);
      at.harness.clock.runTurn();
      outcomes.push(client.takeNow('pingresp') !== undefined);
      if (length.length > 4) await client.expectClosed();
      await at.expectUnharmed();
    }
    // The same however it is split; MQTT 5.0 asks of the sender to be short, and of us only to stop at the fifth byte.
    expect(outcomes[0]).toBe(outcomes[1]);
    if (isMinimal) expect(outcomes[0]).toBe(true);
    if (length.length > 4) expect(outcomes[0]).toBe(false);
  });

  it.each(Object.entries(clientVectors))(
    'CVE-2025-66168 CVE-2026-40046: after a malformed packet nothing more is parsed: %s',
    async (_, vectors) => {
      for (const vector of vectors) {
        if (vector.error === undefined) continue;
        const at = await victim();
        const { client } = at.harness.open(vector.protocolVersion);
        const isFirst = vectorBytes(vector)[0] === 0x10;
        if (!isFirst) await client.connect({ clientId: 'attacker' });
        const smuggled = frame(0x30, text('honest'), vector.protocolVersion === 5 ? [0] : [], Buffer.from('smuggled'));
        const { publishReceived } = at.harness.shard.counters;
        client.link.send(Buffer.concat([vectorBytes(vector), smuggled, bytesOf('c0 00')]));
        await client.expectClosed();
        expect(client.received.filter(({ cmd }) => cmd === 'pingresp')).toEqual([]);
        expect(at.harness.shard.counters.publishReceived - publishReceived).toBeLessThanOrEqual(1); // the vector itself
        await at.expectUnharmed();
      }
    },
  );

  it('CVE-2019-19307: whatever the bytes, each one is taken or the connection ends', async () => {
    const at = await victim();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), async (chunks) => {
        const { client, transport } = at.harness.open(4);
        client.link.send(connectFrame(4, 'fuzz'));
        for (const chunk of chunks) client.link.send(Buffer.from(chunk));
        // An honest PINGREQ after it is answered, or is part of a packet that is not whole, or nobody listens any more.
        client.link.send(bytesOf('c0 00'));
        at.harness.clock.runTurn();
        const connection = at.harness.shard.sessions.find('fuzz')?.connection;
        const waits = (connection?.reader.bufferedBytes ?? 0) > 0;
        expect(transport.state !== 'open' || waits || client.takeNow('pingresp') !== undefined).toBe(true);
        client.destroy();
      }),
      { numRuns: 500 },
    );
    await at.expectUnharmed();
  });
});

it('CVE-2016-10523 CVE-2024-36856 CVE-2024-35512 CVE-2024-50948: mutated packets in any order never throw out of the broker', async () => {
  const at = await victim();
  const mutator = new FrameMutator(new RandomSource(0x5eed));
  for (let round = 0; round < 300; round++) {
    const version = VERSIONS[round % 3] as 3 | 4 | 5;
    const { client } = at.harness.open(version);
    if (round % 2 === 0) client.link.send(mutator.connect(version));
    else client.sendConnect({ clientId: 'attacker' });
    for (let i = 0; i < 10; i++) client.link.send(mutator.frame(version));
    at.harness.clock.runTurn();
    client.destroy();
  }
  await at.expectUnharmed();
});

describe('strings', () => {
  const ILL_FORMED = [
    ['U+0000', '61 00 62'],
    ['a lone surrogate', 'ed a0 80'],
    ['an overlong slash', 'c0 af'],
    ['above U+10FFFF', 'f4 90 80 80'],
    ['a stray continuation byte', '61 80'],
    ['a cut sequence', '61 e2 82'],
  ] as const;

  it.each(ILL_FORMED.flatMap(([name, hex]) => VERSIONS.map((version) => [name, version, hex] as const)))(
    'CVE-2017-7653: a topic with %s closes its publisher, version %i, and no subscriber of everything',
    async (_, version, hex) => {
      const at = await victim();
      const everything = await at.harness.client(4);
      await everything.subscribe('#');
      const client = await attacker(at, version);
      const properties = version === 5 ? [0] : [];
      client.link.send(frame(0x30, text(bytesOf(hex)), properties, Buffer.from('x')));
      await client.expectClosed();
      await everything.expectNothing();
      await at.expectUnharmed();
    },
  );

  it.each([
    ['$', true],
    ['$x', true],
    ['$/', true],
    ['$SYSx', true],
    ['$share', false],
    ['$share/', false],
    ['$share/g', false],
    ['$share//a', false],
    ['$share/g/', false],
    ['$share/+/a', false],
    ['$share/#/a', false],
  ])('CVE-2018-12543 CVE-2026-95843: the filter %s harms nobody', async (topicFilter, isAllowed) => {
    for (const version of [4, 5] as const) {
      const at = await victim();
      const client = await attacker(at, version);
      client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicFilter, qos: 1 }] });
      at.harness.clock.runTurn();
      const granted = client.takeNow('suback')?.granted;
      if (isAllowed) expect(granted).toEqual([1]);
      else expect(granted === undefined || (granted[0] as number) >= 0x80).toBe(true);
      const other = await at.harness.client(version);
      const topicName = topicFilter.replaceAll(/[+#]/g, 'x');
      other.link.send(frame(0x30, text(topicName), version === 5 ? [0] : [], Buffer.from('x')));
      at.harness.clock.runTurn();
      if (isAllowed) expect(client.takeNow('publish')?.topic).toBe(topicName);
      await at.expectUnharmed();
    }
  });

  it.each([
    ['without alias, 3.1.1', 4, '30 03 00 00 78'],
    ['without alias, 5.0', 5, '30 04 00 00 00 78'],
    ['with an alias never given', 5, '30 07 00 00 03 23 00 01 78'],
    ['with alias 0', 5, '30 07 00 00 03 23 00 00 78'],
  ] as const)('CVE-2021-34432: an empty topic name %s closes', async (_, version, hex) => {
    const at = await victim();
    const client = await attacker(at, version);
    client.sendHex(hex);
    await client.expectClosed();
    await at.expectUnharmed();
  });
});

/** Packets with a length inside that reaches beyond the packet, at each place where one stands. */
function lyingPackets(): Buffer[] {
  const packets = [
    frame(0x82, [0, 1, 0], text('a/b'), [0]),
    frame(0xa2, [0, 1, 0], text('a/b')),
    frame(0x30, text('t'), [3, 0x23, 0, 1], Buffer.from('x')),
    frame(0x32, text('t'), [0, 1, 9, 0x26], text('k'), text('v'), [0x01, 0]),
    frame(0xe0, [0x04, 7, 0x26], text('k'), text('v')),
  ];
  const lies: Buffer[] = [];
  for (const packet of packets) {
    for (let at = 2; at < packet.length; at++) {
      for (const value of [0x00, 0x7f, 0x80, 0xff]) {
        const lie = Buffer.from(packet);
        lie[at] = value;
        lies.push(lie);
      }
      lies.push(frame(packet[0] as number, packet.subarray(2, at))); // and one that ends there
    }
  }
  return lies;
}

it('CVE-2025-59947 CVE-2024-25767 CVE-2024-42646 CVE-2026-45151: lengths inside a packet that reach beyond it harm nobody', async () => {
  const at = await victim();
  for (const lie of lyingPackets()) {
    const client = await attacker(at, 5);
    client.link.send(lie);
    at.harness.clock.runTurn();
    client.destroy();
  }
  const whole = frame(
    0x10,
    text('MQTT'),
    [5, 0xc6, 0, 9, 0],
    text('a'),
    [0],
    text('w'),
    text('m'),
    text('u'),
    text('p'),
  );
  for (let end = 2; end < whole.length; end++) {
    for (const lie of [
      frame(0x10, whole.subarray(2, end)),
      Buffer.concat([whole.subarray(0, end), Buffer.alloc(whole.length - end, 0xff)]),
    ]) {
      const { client } = at.harness.open(5);
      client.link.send(lie);
      at.harness.clock.runTurn();
      client.destroy();
    }
  }
  await at.expectUnharmed();
});
