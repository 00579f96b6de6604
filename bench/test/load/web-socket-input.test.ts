import { describe, expect, it } from 'vitest';
import { UPGRADE_REQUEST, WebSocketInput } from '../../src/load/web-socket-input.ts';

const ANSWER = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');

/** A message of a broker; servers do not mask. */
function message(payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x82, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = 0x82;
  head[1] = length < 65_536 ? 126 : 127;
  head.writeUIntBE(length, head.length - 2 - (length < 65_536 ? 0 : 2), length < 65_536 ? 2 : 4);
  return Buffer.concat([head, payload]);
}

function opened(): { input: WebSocketInput; payload: () => string; opens: () => number } {
  const pieces: Buffer[] = [];
  let opens = 0;
  const input = new WebSocketInput(
    (bytes, length) => pieces.push(Buffer.from(bytes.subarray(0, length))),
    () => {
      opens += 1;
    },
  );
  return { input, payload: () => Buffer.concat(pieces).toString(), opens: () => opens };
}

describe('WebSocketInput', () => {
  const texts = ['a', 'b'.repeat(126), 'c'.repeat(70_000), ''];
  const ping = Buffer.from([0x89, 2, 1, 2]);
  const stream = Buffer.concat([ANSWER, ping, ...texts.map((text) => message(Buffer.from(text)))]);

  it.each([1, 2, 3, 7, 100, 1000, stream.length])('takes the payload out of chunks of %i bytes', (size) => {
    const { input, payload, opens } = opened();
    for (let at = 0; at < stream.length; at += size) input.feed(stream.subarray(at, at + size));
    expect([opens(), payload()]).toEqual([1, texts.join('')]);
  });

  it('fails when the broker refuses', () => {
    const { input } = opened();
    expect(() => input.feed(Buffer.from('HTTP/1.1 404 Not Found\r\n\r\n'))).toThrow(
      'no WebSocket: HTTP/1.1 404 Not Found',
    );
  });

  it('fails when the broker closes', () => {
    const { input } = opened();
    input.feed(ANSWER);
    expect(() => input.feed(Buffer.from([0x88, 2, 3, 0xe8]))).toThrow('WebSocket closed by the broker');
  });
});

it('asks for MQTT', () => {
  expect(UPGRADE_REQUEST).toMatch(/^GET \/mqtt HTTP\/1.1\r\n(.+\r\n)+Sec-WebSocket-Protocol: mqtt\r\n\r\n$/);
});
