import { z } from 'zod';
import { bindAddress } from './address.ts';
import { commonKeys, fileMode, networkKeys, socketPath, WHEN_PRESENT, webSocketKeys } from './listener-keys.ts';
import { required, used, usedIfSet } from './setting.ts';
import { inheritingTlsKeys, tlsKeys } from './tls-keys.ts';
import { bool } from './value-kinds.ts';
import { webSocketAddress } from './web-socket-address.ts';

const tcpAddress = bindAddress('nmq-tcp');
const tlsAddress = bindAddress('tls+nmq-tcp');
const wsAddress = webSocketAddress('nmq-ws');
const wssAddress = webSocketAddress('nmq-wss');

const enabled = () => used(bool, { default: true, reload: 'live', meaning: 'whether it listens' });
const switched = (env?: string) =>
  usedIfSet(bool, {
    absent: WHEN_PRESENT,
    reload: 'live',
    meaning: 'whether it listens',
    ...(env === undefined ? {} : { env }),
  });

const tcp = z
  .object({
    bind: used(tcpAddress, {
      default: '0.0.0.0:1883',
      env: 'BROKER_URL',
      reload: 'live',
      meaning:
        'address and port for MQTT over TCP, IPv6 in brackets and quotes: `"[::]:1883"`. Not opened when `listeners` has no `tcp`, or when `tcp` has only named listeners',
      differs: 'NanoMQ opens 1883 beside named listeners even when this key is not set',
    }),
    enable: used(bool, {
      default: true,
      env: 'TCP_ENABLE',
      reload: 'live',
      meaning: 'whether it listens',
      differs: 'NanoMQ reads it without effect',
    }),
    ...networkKeys(),
  })
  .catchall(
    z.object({
      bind: required(tcpAddress, { reload: 'live', meaning: 'address and port of a further TCP listener' }),
      enable: enabled(),
      ...networkKeys(),
    }),
  );

const tls = z
  .object({
    bind: usedIfSet(tlsAddress, {
      absent: 'required where it listens',
      env: 'TLS_URL',
      reload: 'live',
      meaning: 'address and port for MQTT over TLS',
    }),
    enable: switched('TLS_ENABLE'),
    ...tlsKeys(),
    ...networkKeys(),
  })
  .catchall(
    z.object({
      bind: required(tlsAddress, { reload: 'live', meaning: 'address and port of a further TLS listener' }),
      enable: enabled(),
      ...inheritingTlsKeys(),
      ...networkKeys(),
    }),
  );

const ws = z
  .object({
    bind: used(wsAddress, {
      default: '0.0.0.0:8083/mqtt',
      env: 'WEBSOCKET_URL',
      reload: 'live',
      meaning: 'address, port and path for MQTT over WebSocket',
    }),
    enable: switched('WEBSOCKET_ENABLE'),
    ...webSocketKeys(),
    ...networkKeys(),
  })
  .catchall(
    z.object({
      bind: required(wsAddress, { reload: 'live', meaning: 'address, port and path of a further WebSocket listener' }),
      enable: enabled(),
      ...webSocketKeys(),
      ...networkKeys(),
    }),
  );

const wss = z
  .object({
    bind: used(wssAddress, {
      default: '0.0.0.0:8086/mqtt',
      env: 'WEBSOCKET_TLS_URL',
      reload: 'live',
      meaning: 'address, port and path for MQTT over WebSocket over TLS',
      differs: "NanoMQ's manual says 8084, its code 8086",
    }),
    enable: usedIfSet(bool, {
      absent: WHEN_PRESENT,
      env: 'WEBSOCKET_TLS_ENABLE',
      reload: 'live',
      meaning: 'whether it listens',
      differs: 'NanoMQ opens it whenever TLS is on',
    }),
    ...inheritingTlsKeys(),
    ...webSocketKeys(),
    ...networkKeys(),
  })
  .catchall(
    z.object({
      bind: required(wssAddress, { reload: 'live', meaning: 'address, port and path of a further one' }),
      enable: enabled(),
      ...inheritingTlsKeys(),
      ...webSocketKeys(),
      ...networkKeys(),
    }),
  );

const mode = () =>
  used(fileMode, { default: '660', reload: 'live', meaning: 'permissions of the socket, octal: who may connect' });

const unix = z
  .object({
    path: usedIfSet(socketPath, {
      absent: 'required where it listens',
      reload: 'live',
      meaning: 'path of the Unix socket for MQTT',
    }),
    enable: switched(),
    mode: mode(),
    ...commonKeys(),
  })
  .catchall(
    z.object({
      path: required(socketPath, { reload: 'live', meaning: 'path of a further Unix socket' }),
      enable: enabled(),
      mode: mode(),
      ...commonKeys(),
    }),
  );

/** `listeners`: present without `tcp` it opens no TCP listener, as in NanoMQ. */
export const listenersSection = z
  .object({
    tcp: tcp.optional(),
    ssl: tls.prefault({}),
    ws: ws.prefault({}),
    wss: wss.prefault({}),
    unix: unix.prefault({}),
  })
  .prefault({});

/** The keys each kind of listener has itself; every other member of its section is a named listener. */
export const LISTENER_KEYS = {
  tcp: new Set(Object.keys(tcp.shape)),
  ssl: new Set(Object.keys(tls.shape)),
  ws: new Set(Object.keys(ws.shape)),
  wss: new Set(Object.keys(wss.shape)),
  unix: new Set(Object.keys(unix.shape)),
} as const;

/** A kind of listener, as its section is called. */
export type ListenerSection = keyof typeof LISTENER_KEYS;
