import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTransport } from '@nanomq-ts/testkit';
import { afterAll } from 'vitest';
import type { ListenerOptions } from '../src/listener.ts';
import { listenTcp } from '../src/tcp-listener.ts';
import { listenTls } from '../src/tls/tls-listener.ts';
import type { TlsVersion } from '../src/tls/tls-options.ts';
import { listenUnix } from '../src/unix-listener.ts';
import { listenWs, listenWss } from '../src/ws/ws-listener.ts';
import { DevCerts } from './dev-certs.ts';
import { ListenerHarness, tcpClient, tlsClient, webSocketClient } from './listener-harness.ts';
import { StreamPeer } from './stream-peer.ts';

const name = 'contract';
const here = { name, host: '127.0.0.1', port: 0 };
const certs = DevCerts.make();
const tls = { certFile: certs.path('server.pem'), keyFile: certs.path('server.key') };
const folder = mkdtempSync(join(tmpdir(), 'nanomq-unix-'));
/** The suite sends large messages that nobody answers. */
const webSocket = { maxUnansweredBytes: 8_388_608 };
/** TLS counts plain bytes, WebSocket its frame header. */
const FRAME_HEADER_BYTES = 10;

afterAll(() => {
  certs.remove();
  rmSync(folder, { recursive: true });
});

describeTransport('TCP behind the PROXY protocol', () =>
  ListenerHarness.start({
    listenerName: name,
    listen: (accept) => listenTcp({ ...here, accept, proxyProtocol: { trustedSources: ['127.0.0.1'] } }),
    connect: async (listener) => {
      const socket = await tcpClient(listener);
      socket.write('PROXY TCP4 127.0.0.1 127.0.0.1 4711 1883\r\n');
      return new StreamPeer(socket);
    },
  }),
);

describeTransport('Unix socket', () =>
  ListenerHarness.start({
    listenerName: name,
    remoteAddress: /^$/,
    listen: (accept) => listenUnix({ name, path: join(folder, 'broker.sock'), accept }),
    connect: async (listener) => {
      const socket = connect({ path: listener.host, allowHalfOpen: true });
      return new StreamPeer(socket);
    },
  }),
);

describeTransport('TLS 1.2', () => tlsHarness('TLSv1.2'));
describeTransport('TLS 1.3', () => tlsHarness('TLSv1.3'));

describeTransport('WebSocket', () =>
  ListenerHarness.start({
    listenerName: name,
    overheadBytes: FRAME_HEADER_BYTES,
    listen: (accept) => listenWs({ ...here, accept, webSocket }),
    connect: async (listener) => webSocketClient(await tcpClient(listener)),
  }),
);

describeTransport('secure WebSocket', () =>
  ListenerHarness.start({
    listenerName: name,
    overheadBytes: FRAME_HEADER_BYTES,
    listen: (accept) => listenWss({ ...here, accept, tls, webSocket }),
    connect: async (listener) => webSocketClient(...(await tlsClient(listener, { rejectUnauthorized: false }))),
  }),
);

function tlsHarness(version: TlsVersion): Promise<ListenerHarness<StreamPeer>> {
  const listen = (accept: ListenerOptions['accept']) =>
    listenTls({ ...here, accept, tls: { ...tls, minVersion: version, maxVersion: version } });
  return ListenerHarness.start({
    listenerName: name,
    listen,
    connect: async (listener) => new StreamPeer(...(await tlsClient(listener, { rejectUnauthorized: false }))),
  });
}
