import { describe, expect, it } from 'vitest';
import { parseServerUrl } from '../../src/remote/server-url.ts';

describe('parseServerUrl', () => {
  it.each([
    ['mqtt-tcp://h:1884', { kind: 'tcp', isTls: false, host: 'h', port: 1884 }],
    ['mqtt-tcp://h', { kind: 'tcp', isTls: false, host: 'h', port: 1883 }],
    ['tls+mqtt-tcp://10.0.0.7', { kind: 'tcp', isTls: true, host: '10.0.0.7', port: 8883 }],
    ['MQTT-TCP://[::1]:1', { kind: 'tcp', isTls: false, host: '::1', port: 1 }],
    ['ws://h', { kind: 'ws', isTls: false, host: 'h', port: 80, path: '/mqtt' }],
    ['wss://h:8084/x/y', { kind: 'ws', isTls: true, host: 'h', port: 8084, path: '/x/y' }],
  ])('%s', (url, expected) => {
    expect(parseServerUrl(url)).toMatchObject({ url, ...expected });
  });

  it.each([
    'mqtt-quic://h',
    'http://h',
    'h:1883',
    'mqtt-tcp://',
    'mqtt-tcp://h:0',
    'mqtt-tcp://h:65536',
    'mqtt-tcp://u:p@h',
    'mqtt-tcp://h/x',
    'constructor://h',
  ])('refuses %s', (url) => {
    expect(parseServerUrl(url)).toBeNull();
  });
});
