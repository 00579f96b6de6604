import { loadConfig } from '@nanomq-ts/config';
import { describe, expect, it } from 'vitest';
import { enabledListeners } from '../../src/listeners/listener-spec.ts';
import { type ListenersPlan, planListeners } from '../../src/listeners/plan-listeners.ts';

const specsOf = (text: string) => {
  const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text: `listeners {\n${text}\n}` });
  return enabledListeners(config.listeners);
};

/** What `before` is changed by to become `after`, listeners by their ids. */
function plan(before: string, after: string, isFixed = false) {
  const open = specsOf(before).map((spec) => ({ spec, port: 'port' in spec.config ? spec.config.port || 40_000 : 0 }));
  const planned: ListenersPlan = planListeners(open, specsOf(after), isFixed);
  const ids = (specs: ListenersPlan['toOpen']) => specs.map(({ id }) => id);
  const { toOpen, toClose, toSecure, toAdjust, held } = planned;
  return { open: ids(toOpen), close: toClose, secure: ids(toSecure), adjust: ids(toAdjust), held };
}

const NOTHING = { open: [], close: [], secure: [], adjust: [], held: [] };
const TLS = 'certfile = c, keyfile = k';

describe('planListeners', () => {
  it.each([
    ['the same', 'tcp.bind = 1, ws.bind = "2/mqtt"', 'ws.bind = "2/mqtt", tcp.bind = 1', NOTHING],
    ['one more', 'tcp.bind = 1', 'tcp.bind = 1, ws.bind = "2/mqtt"', { ...NOTHING, open: ['ws:default'] }],
    ['one less', 'tcp.bind = 1, tcp.x.bind = 2', 'tcp.bind = 1', { ...NOTHING, close: ['tcp:x'] }],
    [
      'one that is turned off',
      'tcp { bind = 1, x { bind = 2 } }',
      'tcp { bind = 1, x { bind = 2, enable = false } }',
      { ...NOTHING, close: ['tcp:x'] },
    ],
    ['another port', 'tcp.bind = 1', 'tcp.bind = 2', { ...NOTHING, open: ['tcp:default'], close: ['tcp:default'] }],
    ['any free port, twice', 'tcp.bind = 0', 'tcp.bind = 0', NOTHING],
    [
      'another address at the same port: the former still has it',
      'tcp.bind = "0.0.0.0:1"',
      'tcp.bind = "127.0.0.1:1"',
      { ...NOTHING, held: ['tcp:default'] },
    ],
    [
      'the port of one that goes: it stays until the other can take its place',
      'tcp { a.bind = 1, c.bind = 2 }',
      'tcp.b.bind = 1',
      { ...NOTHING, held: ['tcp:b', 'tcp:a'], close: ['tcp:c'] },
    ],
    [
      'another Unix socket',
      'unix.path = a, tcp.bind = 1',
      'unix.path = b, tcp.bind = 1',
      { ...NOTHING, open: ['unix:default'], close: ['unix:default'] },
    ],
    [
      'other certificates',
      `ssl { bind = 1, ${TLS} }`,
      `ssl { bind = 1, ${TLS}, crlfile = r, cacertfile = a }`,
      { ...NOTHING, secure: ['ssl:default'] },
    ],
    [
      'other certificates where they are inherited',
      `ssl { bind = 1, ${TLS} }, wss.bind = "2/mqtt"`,
      'ssl { bind = 1, certfile = c, keyfile = l }, wss.bind = "2/mqtt"',
      { ...NOTHING, secure: ['ssl:default', 'wss:default'] },
    ],
    [
      'settings at the same place',
      'ws { bind = "1/mqtt" }',
      'ws { bind = "1/mqtt", origins = ["https://a.example"] }',
      { ...NOTHING, adjust: ['ws:default'] },
    ],
    [
      'certificates and settings at the same place',
      `ssl { bind = 1, ${TLS} }`,
      'ssl { bind = 1, certfile = d, keyfile = k, handshake_timeout = 3s }',
      { ...NOTHING, secure: ['ssl:default'], adjust: ['ssl:default'] },
    ],
    [
      'certificates and another address at the same port: the certificates do not wait',
      `ssl { bind = "0.0.0.0:1", ${TLS} }`,
      'ssl { bind = "127.0.0.1:1", certfile = d, keyfile = k, handshake_timeout = 3s }',
      { ...NOTHING, secure: ['ssl:default'], held: ['ssl:default'] },
    ],
    [
      'another path of WebSocket',
      'ws { bind = "1/mqtt" }',
      'ws { bind = "1/other" }',
      { ...NOTHING, adjust: ['ws:default'] },
    ],
    [
      'other permissions of a Unix socket',
      'unix { path = a, mode = 600 }',
      'unix { path = a, mode = 660 }',
      { ...NOTHING, held: ['unix:default'] },
    ],
    [
      'settings at another place',
      'ws { bind = "1/mqtt" }',
      'ws { bind = "2/other", handshake_timeout = 3s }',
      { ...NOTHING, open: ['ws:default'], close: ['ws:default'] },
    ],
  ])('%s', (_, before, after, expected) => {
    expect(plan(before, after)).toEqual(expected);
  });

  it.each([
    ['one more', 'tcp.bind = 1', 'tcp { bind = 1, x.bind = 2 }', ['tcp:x']],
    ['one less', 'tcp { bind = 1, x.bind = 2 }', 'tcp.bind = 1', ['tcp:x']],
    ['another port', 'tcp.bind = 1', 'tcp.bind = 2', ['tcp:default']],
  ])('shared sockets: %s waits', (_, before, after, held) => {
    expect(plan(before, after, true)).toEqual({ ...NOTHING, held });
  });

  it('shared sockets: certificates and settings do not wait', () => {
    const after = 'ssl { bind = 1, certfile = d, keyfile = k, max_handshakes = 3 }';
    const expected = { ...NOTHING, secure: ['ssl:default'], adjust: ['ssl:default'] };
    expect(plan(`ssl { bind = 1, ${TLS} }`, after, true)).toEqual(expected);
  });
});
