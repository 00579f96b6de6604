import { createServer, type Server, type Socket } from 'node:net';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../src/fake-clock.ts';
import { MemoryLink } from '../src/memory-link.ts';
import { MemoryTransport } from '../src/memory-transport.ts';
import { RawClient } from '../src/raw-client.ts';
import { type RawLink, TcpLink } from '../src/raw-link.ts';

/** A far end in memory that answers when it is settled, as a core under a fake clock does. */
class ScriptedLink implements RawLink {
  onBytes: (() => void) | null = null;
  isClosed = false;
  readonly sent: Buffer[] = [];
  readonly answers: (Buffer | 'close')[] = [];
  readonly #arrived: Buffer[] = [];

  send(bytes: Buffer): void {
    this.sent.push(bytes);
    if (bytes[0] === 0xc0) this.answers.push(Buffer.from('d000', 'hex'));
  }

  take(): Buffer {
    return Buffer.concat(this.#arrived.splice(0));
  }

  destroy(): void {
    this.isClosed = true;
  }

  settle(): void {
    for (const answer of this.answers.splice(0)) {
      if (answer === 'close') this.isClosed = true;
      else this.#arrived.push(answer);
      this.onBytes?.();
    }
  }

  answer(packet: Packet, protocolVersion = 4): void {
    this.answers.push(generate(packet, { protocolVersion }));
  }
}

const PUBLISH: Packet = { cmd: 'publish', topic: 'a', payload: 'x', qos: 0, dup: false, retain: false };
const CONNACK: Packet = { cmd: 'connack', sessionPresent: false, returnCode: 0 };

describe('RawClient over memory', () => {
  it.each<[name: string, version: 3 | 4 | 5, hex: string]>([
    ['3.1', 3, '101000064d5149736470030200000002 6162'],
    ['3.1.1', 4, '100e00044d51545404020000 0002 6162'],
    ['5.0', 5, '100f00044d51545405020000 00 0002 6162'],
  ])('connects as MQTT %s', async (_, version, hex) => {
    const link = new ScriptedLink();
    const client = new RawClient(link, version);
    link.answers.push(Buffer.from(version === 5 ? '2003000000' : '20020000', 'hex'));
    const connack = await client.connect({ clientId: 'ab' });
    expect(version === 5 ? connack.reasonCode : connack.returnCode).toBe(0);
    expect(Buffer.concat(link.sent).toString('hex')).toBe(hex.replaceAll(' ', ''));
  });

  it('sends bytes as they are given, and says what is not hex', () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    client.sendHex('30 04 00 01 61\n62');
    expect(link.sent).toEqual([Buffer.from([0x30, 4, 0, 1, 0x61, 0x62])]);
    expect(() => client.sendHex('30 0')).toThrow('not hex');
  });

  it('takes packets in order, or the first of a type and leaves the others', async () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    link.answer(CONNACK);
    link.answer(PUBLISH);
    expect((await client.next('publish')).topic).toBe('a');
    expect((await client.next()).cmd).toBe('connack');
    expect(client.takeNow()).toBeUndefined();
    expect(client.received.map((packet) => packet.cmd)).toEqual(['connack', 'publish']);
  });

  it('waits for a packet that comes in pieces', async () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    const next = client.next('publish');
    const bytes = generate(PUBLISH);
    for (const byte of bytes) {
      link.answers.push(Buffer.from([byte]));
      link.settle();
    }
    expect((await next).payload.toString()).toBe('x');
  });

  it.each<[behaviour: string, arriving: Packet, answered: string]>([
    ['PUBACK to QoS 1', { ...PUBLISH, qos: 1, messageId: 7 }, '40020007'],
    ['PUBREC to QoS 2', { ...PUBLISH, qos: 2, messageId: 7 }, '50020007'],
    ['PUBREL to PUBREC', { cmd: 'pubrec', messageId: 7 }, '62020007'],
    ['PUBCOMP to PUBREL', { cmd: 'pubrel', messageId: 7 }, '70020007'],
    ['nothing to QoS 0', PUBLISH, ''],
  ])('acknowledges by itself: %s', async (_, arriving, answered) => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    link.answer(arriving);
    await client.next();
    expect(Buffer.concat(link.sent).toString('hex')).toBe(answered);
  });

  it('sends no PUBREL after a PUBREC that refuses', async () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 5);
    link.answer({ cmd: 'pubrec', messageId: 7, reasonCode: 0x87 }, 5);
    await client.next();
    expect(link.sent).toEqual([]);
  });

  it('leaves acknowledging to the test when told so', async () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    client.autoAcknowledge = false;
    link.answer({ ...PUBLISH, qos: 1, messageId: 7 });
    await client.next('publish');
    expect(link.sent).toEqual([]);
  });

  it('proves that nothing came by a round trip', async () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    await client.expectNothing();
    link.answer(PUBLISH);
    await expect(client.expectNothing()).rejects.toThrow("topic: 'a'");
    expect(client.takeNow('publish')).toBeDefined();
    await client.expectNothing();
  });

  it('fails a wait that ends with the connection, and says what was there', async () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    link.answer(PUBLISH);
    link.answers.push('close');
    await expect(client.next('puback')).rejects.toThrow(/no puback: the connection is closed; not taken: .*publish/);
    await client.expectClosed();
    expect(client.takeNow('publish')).toBeDefined();
  });

  it('fails a wait that lasts too long', async () => {
    const client = new RawClient(new ScriptedLink(), 4);
    await expect(client.next('puback', 1)).rejects.toThrow('no puback: none within 1 ms');
    await expect(client.expectClosed(1)).rejects.toThrow('still open');
  });

  it('fails when what comes is not MQTT', async () => {
    const link = new ScriptedLink();
    const client = new RawClient(link, 4);
    link.answers.push(Buffer.from('ff00', 'hex'));
    await expect(client.next()).rejects.toThrow('not MQTT');
  });
});

describe('RawClient over a memory transport', () => {
  /** A core that answers everything it receives with one PUBLISH at the end of the turn. */
  function clientOfEcho(clock: FakeClock): { client: RawClient; transport: MemoryTransport } {
    const transport = new MemoryTransport();
    transport.attach({
      received: () => clock.afterTurn(() => void transport.write(generate(PUBLISH))),
      drained: () => {},
      closed: () => {},
    });
    return { client: new RawClient(new MemoryLink(transport, () => clock.runTurn()), 4), transport };
  }

  it('settles the core before it waits', async () => {
    const { client } = clientOfEcho(new FakeClock());
    client.sendConnect();
    expect((await client.next('publish')).topic).toBe('a');
  });

  it('sees what happens while it waits', async () => {
    const { client, transport } = clientOfEcho(new FakeClock());
    const next = client.next('publish');
    setImmediate(() => transport.write(generate(PUBLISH)));
    expect((await next).topic).toBe('a');
  });

  it.each<[who: string, close: (transport: MemoryTransport) => void]>([
    ['ends', (transport) => transport.end()],
    ['destroys', (transport) => transport.destroy()],
  ])('sees that the core %s the connection', async (_, close) => {
    const { client, transport } = clientOfEcho(new FakeClock());
    const closed = client.expectClosed();
    close(transport);
    await closed;
    await expect(client.next()).rejects.toThrow('the connection is closed');
  });

  it('vanishes', async () => {
    const { client, transport } = clientOfEcho(new FakeClock());
    client.destroy();
    await transport.whenClosed;
    await client.expectClosed();
  });
});

describe('RawClient over TCP', () => {
  const opened: (Server | Socket | RawClient)[] = [];
  afterEach(() => {
    for (const each of opened.splice(0)) 'close' in each ? each.close() : each.destroy();
  });

  /** A server that answers each client's first bytes with these. */
  async function serverThat(answers: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      opened.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => answers(socket));
    });
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as { port: number }).port;
  }

  it('connects, receives and sees the close', async () => {
    const port = await serverThat((socket) => socket.end(Buffer.concat([generate(CONNACK), generate(PUBLISH)])));
    const client = new RawClient(await TcpLink.open(port), 4);
    opened.push(client);
    expect((await client.connect({ clientId: 'a' })).returnCode).toBe(0);
    expect((await client.next('publish')).topic).toBe('a');
    await client.expectClosed();
  });

  it('takes a reset as a close', async () => {
    const port = await serverThat((socket) => socket.resetAndDestroy());
    const client = new RawClient(await TcpLink.open(port), 4);
    opened.push(client);
    client.sendConnect();
    await client.expectClosed();
    await expect(client.next()).rejects.toThrow('the connection is closed');
  });

  it('fails to open when nobody listens', async () => {
    const port = await serverThat(() => {});
    (opened.pop() as Server).close();
    await expect(TcpLink.open(port)).rejects.toThrow('ECONNREFUSED');
  });
});
