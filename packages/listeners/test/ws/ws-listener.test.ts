import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Transport } from '@nanomq-ts/core';
import { RecordedEvents, RecordedLog } from '@nanomq-ts/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Listener } from '../../src/listener.ts';
import type { WebSocketOptions } from '../../src/ws/web-socket-options.ts';
import { listenWs, type WsListenerOptions } from '../../src/ws/ws-listener.ts';
import { tcpClient, turn } from '../listener-harness.ts';
import { WebSocketPeer } from '../web-socket-peer.ts';

const POLL = { interval: 2, timeout: 10_000 };
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** The first byte of a close frame; no answer of HTTP has it. */
const CLOSE_FRAME = 0x88;

describe('listenWs', () => {
  let listener: Listener;
  let log: RecordedLog;
  let events: RecordedEvents;
  const transports: Transport[] = [];
  const sockets: Socket[] = [];

  async function listen(webSocket: WebSocketOptions = {}, options: Partial<WsListenerOptions> = {}): Promise<void> {
    const accept = (transport: Transport) => {
      transports.push(transport);
      return events;
    };
    const given = { name: 'ws:default', host: '127.0.0.1', port: 0, logger: log, accept, webSocket, ...options };
    listener = await listenWs(given);
  }

  /** Connects, and answers with the status of HTTP: 101 when it became a WebSocket, and the peer then. */
  async function upgrade(path = '/mqtt', protocols: string[] = ['mqtt'], options: ClientOptions = {}) {
    const bottom = await tcpClient(listener);
    sockets.push(bottom);
    const url = `ws://localhost${path}`;
    const webSocket = new WebSocket(url, protocols, { createConnection: () => bottom, ...options });
    const peer = new WebSocketPeer(webSocket, bottom);
    const status = await new Promise<number>((resolve) => {
      webSocket.once('open', () => resolve(101));
      webSocket.once('unexpected-response', (_, response) => {
        resolve(response.statusCode ?? 0);
        response.resume();
      });
    });
    return { status, peer, webSocket, bottom };
  }

  async function opened(options: ClientOptions = {}) {
    const { status, ...client } = await upgrade('/mqtt', ['mqtt'], options);
    expect(status).toBe(101);
    while (transports.length === 0) await turn();
    return { ...client, transport: transports[0] as Transport };
  }

  /** What comes back for raw bytes, until the connection is closed. */
  async function answerTo(request: string): Promise<string> {
    const socket = await tcpClient(listener);
    sockets.push(socket);
    socket.write(request);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('end', () => socket.end());
    await once(socket, 'close');
    return Buffer.concat(chunks).toString();
  }

  beforeEach(() => {
    log = new RecordedLog();
    events = new RecordedEvents();
  });

  afterEach(async () => {
    vi.useRealTimers();
    for (const transport of transports.splice(0)) transport.destroy();
    for (const socket of sockets.splice(0)) socket.destroy();
    await listener.close();
    while (listener.connectionCount > 0) await turn();
  });

  describe('the handshake', () => {
    it.each([
      ['mqtt alone', ['mqtt'], 'mqtt'],
      ['mqtt among others', ['chat', 'mqtt'], 'mqtt'],
      ['MQTT 3.1', ['mqttv3.1'], 'mqttv3.1'],
      ['both of ours', ['mqttv3.1', 'mqtt'], 'mqtt'],
    ])('selects the subprotocol, offered %s [MQTT-6.0.0-4] [v3.1.1 MQTT-6.0.0-4]', async (_, offered, selected) => {
      await listen();
      const { status, webSocket } = await upgrade('/mqtt', offered);
      expect([status, webSocket.protocol]).toEqual([101, selected]);
    });

    it.each([
      ['none', []],
      ['another', ['chat']],
      ['one in capitals', ['MQTT']],
      ['one that begins like ours', ['mqtt5']],
    ])('refuses who offers no subprotocol of MQTT: %s [MQTT-6.0.0-3]', async (_, offered) => {
      await listen();
      expect((await upgrade('/mqtt', offered)).status).toBe(400);
      await expect.poll(() => listener.refusals.wsSubprotocol, POLL).toBe(1);
      expect(log.lines).toMatchObject([{ reason: 'wsSubprotocol', remoteAddress: '127.0.0.1' }]);
      expect(transports).toHaveLength(0);
    });

    it.each<[string, WebSocketOptions, string, number]>([
      ['the usual path', {}, '/mqtt', 101],
      ['the usual path with a query', {}, '/mqtt?token=x', 101],
      ['a path of its own', { path: '/iot/broker' }, '/iot/broker', 101],
      ['the usual path where it has one of its own', { path: '/iot/broker' }, '/mqtt', 404],
      ['the root', {}, '/', 404],
      ['more than the path', {}, '/mqtt/', 404],
      ['the path in capitals', {}, '/MQTT', 404],
    ])('serves one path: %s', async (_, webSocket, path, status) => {
      await listen(webSocket);
      expect((await upgrade(path)).status).toBe(status);
      await expect.poll(() => listener.refusals.wsPath, POLL).toBe(status === 404 ? 1 : 0);
    });

    it.each<[string, readonly string[] | undefined, string | undefined, number]>([
      ['no list', undefined, 'https://evil.example', 101],
      ['on the list', ['https://a.example', 'https://b.example:8443'], 'https://b.example:8443', 101],
      ['not on the list', ['https://a.example'], 'https://evil.example', 403],
      ['of another scheme', ['https://a.example'], 'http://a.example', 403],
      ['of another port', ['https://a.example'], 'https://a.example:8443', 403],
      ['that ends like one of the list', ['https://a.example'], 'https://evil-a.example', 403],
      ['that begins like one of the list', ['https://a.example'], 'https://a.example.evil.example', 403],
      ['of a sandboxed page', ['https://a.example'], 'null', 403],
      ['stated by no browser', ['https://a.example'], undefined, 101],
      ['of an empty list', [], 'https://a.example', 403],
    ])('CVE-2026-67405: lets pages of listed origins in: origin %s', async (_, origins, origin, status) => {
      await listen(origins === undefined ? {} : { origins });
      const options = origin === undefined ? {} : { origin };
      expect((await upgrade('/mqtt', ['mqtt'], options)).status).toBe(status);
      await expect.poll(() => listener.refusals.wsOrigin, POLL).toBe(status === 403 ? 1 : 0);
    });

    it.each(['https://a.example/', 'a.example', '*', 'https://*.example', ''])(
      'takes %j for no origin',
      async (origin) => {
        await listen();
        await expect(listenWs({ ...here(), webSocket: { origins: [origin] } })).rejects.toThrow(RangeError);
      },
    );

    it('GO-2026-4533: compresses nothing, though the client offers it', async () => {
      await listen();
      const { webSocket } = await opened({ perMessageDeflate: true });
      expect(webSocket.extensions).toBe('');
    });

    it.each([
      ['no upgrade', 'GET /mqtt HTTP/1.1\r\nHost: x\r\n\r\n', 426],
      ['another upgrade', 'GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n', 400],
      ['a POST', 'POST /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n', 400],
      ['an old version', upgradeRequest('Sec-WebSocket-Version: 7'), 400],
      ['a version that overflows (CVE-2026-97152)', upgradeRequest(`Sec-WebSocket-Version: ${'9'.repeat(4000)}`), 400],
      ['no HTTP', '\x10\x0c\x00\x04MQTT\x04\x00\x00\x3c\x00\x00\r\n\r\n', 400],
      ['headers above 8 KiB', upgradeRequest(`Cookie: ${'x'.repeat(9000)}`), 400],
    ])('answers %s with an error, and closes', async (_, request, status) => {
      await listen();
      const end = request.endsWith('\r\n\r\n') ? '' : 'Sec-WebSocket-Protocol: mqtt\r\n\r\n';
      expect(await answerTo(request + end)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      await expect.poll(() => listener.refusals.http, POLL).toBe(1);
      await expect.poll(() => listener.connectionCount, POLL).toBe(0);
    });

    it.each([
      ['never speaks', ''],
      ['stops within the headers', 'GET /mqtt HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ])('closes a client that %s when the handshake took too long', async (_, request) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await listen({}, { handshakeTimeoutMs: 3000 });
      const socket = await tcpClient(listener);
      sockets.push(socket);
      socket.write(request);
      for (let turns = 0; turns < 50; turns++) await turn();
      vi.advanceTimersByTime(2999);
      for (let turns = 0; turns < 20; turns++) await turn();
      expect(listener.connectionCount).toBe(1);
      vi.advanceTimersByTime(1);
      while (listener.connectionCount > 0) await turn();
      expect(log.lines).toHaveLength(1);
    });
  });

  describe('frames', () => {
    it('hands on each message as a chunk, whatever packets are in it [MQTT-6.0.0-2] [v3.1.1 MQTT-6.0.0-2]', async () => {
      await listen();
      const { webSocket } = await opened();
      const bytes = Buffer.from('c000c000c000', 'hex');
      webSocket.send(bytes); // three packets in one
      for (const byte of bytes) webSocket.send(Buffer.of(byte)); // and each over two
      await expect.poll(() => events.bytes.length, POLL).toBe(12);
      expect(events.bytes).toEqual(Buffer.concat([bytes, bytes]));
    });

    it('CVE-2026-25627: puts fragments of a message together [MQTT-6.0.0-2]', async () => {
      await listen();
      const { webSocket } = await opened();
      for (const [i, part] of ['c0', '00c0', '', '00'].entries()) {
        webSocket.send(Buffer.from(part, 'hex'), { fin: i === 3 });
      }
      await expect.poll(() => events.bytes.toString('hex'), POLL).toBe('c000c000');
    });

    it('writes one binary frame each time [MQTT-6.0.0-1] [v3.1.1 MQTT-6.0.0-1]', async () => {
      await listen();
      const { webSocket, transport } = await opened();
      const frames: unknown[] = [];
      webSocket.on('message', (data, isBinary) => frames.push([String(data), isBinary]));
      for (const text of ['one', 'two']) transport.write(Buffer.from(text));
      await expect
        .poll(() => frames, POLL)
        .toEqual([
          ['one', true],
          ['two', true],
        ]);
    });

    it.each([
      ['valid', 'c000'],
      ['not even UTF-8', Buffer.of(0xc0, 0x00)],
    ])(
      'closes with 1003 on a text frame, %s, and drops what follows [MQTT-6.0.0-1] [v3.1.1 MQTT-6.0.0-1]',
      async (_, data) => {
        await listen();
        const { webSocket, peer } = await opened();
        webSocket.send(Buffer.from('before'));
        webSocket.send(data, { binary: false });
        webSocket.send(Buffer.from('after'));
        await expect.poll(() => peer.closeCode, POLL).toBe(1003);
        await expect.poll(() => events.closedCount, POLL).toBe(1);
        expect(events.bytes.toString()).toBe('before');
        expect(log.lines).toMatchObject([{ reason: 'wsText' }]);
        expect(listener.refusals.wsText).toBe(1);
      },
    );

    it.each([
      ['without a mask', '8202c000', 1002],
      ['with an extension nobody agreed to', 'c282000000000000', 1002],
      ['of an unknown kind', '8382000000000000', 1002],
      ['that goes on with nothing begun', '8082000000000000', 1002],
      ['of more than the limit', '82fe040100000000', 1009],
      ['of more than a number can count', '82ffffffffffffffffff00000000', 1009],
    ])('closes on a frame %s', async (_, hex, code) => {
      await listen({ maxPayloadBytes: 1024 });
      const { bottom, peer } = await opened();
      bottom.write(Buffer.from(hex, 'hex'));
      await expect.poll(() => peer.closeCode, POLL).toBe(code);
      await expect.poll(() => events.closedCount, POLL).toBe(1);
      expect(log.lines).toMatchObject([{ reason: 'wsFrame', code: expect.stringMatching(/^WS_ERR_/) }]);
    });

    it.each([
      ['a whole message', '828300000000616263', 'abc', null],
      ['a frame without a mask', '82026161', '', 'wsFrame'],
      ['a text frame', '818100000000c0', '', 'wsText'],
      ['a close', '888000000000', '', null],
    ])('reads what a client sends together with its request: %s', async (_, hex, text, reason) => {
      await listen();
      const socket = await tcpClient(listener);
      sockets.push(socket);
      // It answers the close of the broker, who would wait for that.
      socket.on('data', (chunk) => chunk.includes(CLOSE_FRAME) && socket.end());
      const request = `${upgradeRequest('Sec-WebSocket-Protocol: mqtt')}`;
      socket.write(Buffer.concat([Buffer.from(request), Buffer.from(hex, 'hex')]));
      if (text === '') await expect.poll(() => events.closedCount, POLL).toBe(1);
      await expect.poll(() => events.bytes.toString(), POLL).toBe(text);
      expect(log.lines.map((line) => line.reason)).toEqual(reason === null ? [] : [reason]);
    });

    it('asks for the limit of a message with each connection', async () => {
      let maxPayloadBytes = 1024;
      await listen({ maxPayloadBytes: () => maxPayloadBytes });
      const former = await opened();
      maxPayloadBytes = 4096;
      const latter = await opened();
      latter.webSocket.send(Buffer.alloc(2000));
      await expect.poll(() => events.bytes, POLL).toHaveLength(2000);
      former.webSocket.send(Buffer.alloc(2000));
      await expect.poll(() => former.peer.closeCode, POLL).toBe(1009);
    });

    it('answers a ping, and hands nothing of it on', async () => {
      await listen();
      const { webSocket } = await opened();
      webSocket.ping('are you there');
      expect(String((await once(webSocket, 'pong'))[0])).toBe('are you there');
      expect(events.bytes).toHaveLength(0);
    });

    it('closes with 1000 when the broker ends', async () => {
      await listen();
      const { peer, transport } = await opened();
      transport.write(Buffer.from('bye'));
      transport.end();
      await expect.poll(() => peer.closeCode, POLL).toBe(1000);
      expect(peer.received.toString()).toBe('bye');
    });
  });

  describe('reading', () => {
    it('hands on as one what comes at once', async () => {
      await listen();
      const { webSocket, bottom } = await opened();
      const pieces: string[] = [];
      events.onReceived = () => pieces.push(events.bytes.toString());
      bottom.cork();
      for (const text of ['a', 'b', 'c']) webSocket.send(Buffer.from(text));
      bottom.uncork();
      await expect.poll(() => pieces, POLL).toEqual(['abc']);
    });

    it('holds the rest of the messages that came at once when it is paused, and then goes on', async () => {
      await listen();
      const { webSocket, transport, bottom } = await opened();
      events.onReceived = () => transport.pause();
      bottom.cork();
      sendApart(webSocket, ['a', 'b', 'c']);
      bottom.uncork();
      await expect.poll(() => events.bytes.toString(), POLL).toBe('a');
      transport.resume();
      await expect.poll(() => events.bytes.toString(), POLL).toBe('ab');
      events.onReceived = undefined;
      transport.resume();
      await expect.poll(() => events.bytes.toString(), POLL).toBe('abc');
      webSocket.send(Buffer.from('d'));
      await expect.poll(() => events.bytes.toString(), POLL).toBe('abcd');
    });

    it('hears what a client said before it closed, also when it was paused then', async () => {
      await listen();
      const { webSocket, transport, bottom, peer } = await opened();
      events.onReceived = () => transport.pause();
      bottom.cork();
      sendApart(webSocket, ['a', 'b']);
      webSocket.close();
      bottom.uncork();
      await expect.poll(() => peer.isClosed, POLL).toBe(true);
      expect([events.bytes.toString(), events.closedCount]).toEqual(['a', 0]);
      events.onReceived = undefined;
      transport.resume();
      await expect.poll(() => events.closedCount, POLL).toBe(1);
      expect(events.bytes.toString()).toBe('ab');
    });

    it.each(['end', 'destroy'] as const)(
      'is closed once by %s after the client has gone from a paused connection',
      async (how) => {
        await listen();
        const { webSocket, transport, bottom, peer } = await opened();
        events.onReceived = () => transport.pause();
        bottom.cork();
        sendApart(webSocket, ['a', 'b']);
        webSocket.close();
        bottom.uncork();
        await expect.poll(() => peer.isClosed, POLL).toBe(true);
        transport[how]();
        await expect.poll(() => events.closedCount, POLL).toBe(1);
        transport.resume();
        await turn();
        expect([events.bytes.toString(), events.closedCount, listener.connectionCount]).toEqual(['a', 1, 0]);
      },
    );

    it('CVE-2026-58210: collects little of a message while the broker has never answered', async () => {
      await listen({ maxUnansweredBytes: 100_000, maxPayloadBytes: 10_000_000 });
      const { bottom, peer } = await opened();
      bottom.write(Buffer.from('82ff00000000009896800000000000', 'hex').subarray(0, 14));
      bottom.write(Buffer.alloc(150_000));
      await expect.poll(() => peer.closeCode, POLL).toBe(1009);
      expect(log.lines).toMatchObject([{ reason: 'wsUnanswered' }]);
      expect(events.bytes).toHaveLength(0);
    });

    it('takes large messages once the broker has answered', async () => {
      await listen({ maxUnansweredBytes: 1000 });
      const { webSocket, transport, peer } = await opened();
      webSocket.send(Buffer.alloc(900));
      await expect.poll(() => events.bytes.length, POLL).toBe(900);
      webSocket.send(Buffer.alloc(900)); // whole messages are not counted together
      await expect.poll(() => events.bytes.length, POLL).toBe(1800);
      transport.write(Buffer.from('CONNACK'));
      await expect.poll(() => peer.received.length, POLL).toBe(7);
      webSocket.send(Buffer.alloc(5_000_000));
      await expect.poll(() => events.bytes.length, POLL).toBe(5_001_800);
    });
  });

  function here() {
    return { name: 'ws', host: '127.0.0.1', port: 0, accept: () => null };
  }
});

/** A handshake in which one header is given. */
/** Messages that are not taken together, as something is between them. */
function sendApart(webSocket: WebSocket, texts: readonly string[]): void {
  for (const text of texts) {
    webSocket.send(Buffer.from(text));
    webSocket.ping();
  }
}

function upgradeRequest(header: string): string {
  const name = header.split(':', 1)[0];
  const usual = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Key: ${KEY}`];
  const rest = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: mqtt'].filter(
    (each) => !each.startsWith(`${name}`),
  );
  return `${['GET /mqtt HTTP/1.1', ...usual, ...rest, header].join('\r\n')}\r\n\r\n`;
}
