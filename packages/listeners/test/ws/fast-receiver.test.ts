import type { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { hastenReceiver } from '../../src/ws/fast-receiver.ts';

/** Exported, yet missing in the types. */
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable };

const MASK = Buffer.from('37fa213d', 'hex');
const LENGTHS = [0, 1, 125, 126, 255, 256, 257, 1003, 70_000];

/** A masked binary frame. */
function frame(payload: Buffer, isFinal = true, opcode = 2): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeUInt32BE(length, 6);
  const masked = payload.map((byte, i) => byte ^ (MASK[i % 4] as number));
  return Buffer.concat([head, MASK, masked]);
}

function payloadOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 7) % 251));
}

/** What a receiver of `ws`, made faster, gives for a stream that comes in chunks of `size` bytes. */
function messagesOf(stream: Buffer, size: number): Buffer[] {
  const receiver = new Receiver({ isServer: true, binaryType: 'nodebuffer' });
  hastenReceiver({ _receiver: receiver } as unknown as ws.WebSocket);
  const messages: Buffer[] = [];
  receiver.on('message', (data: Buffer) => messages.push(data));
  for (let at = 0; at < stream.length; at += size) receiver.write(Buffer.from(stream.subarray(at, at + size)));
  return messages;
}

describe('hastenReceiver', () => {
  it.each([1, 3, 64, 1000, 65_536, 1_000_000])('gives the messages as they were, from chunks of %i bytes', (size) => {
    const payloads = LENGTHS.map(payloadOf);
    expect(messagesOf(Buffer.concat(payloads.map((payload) => frame(payload))), size)).toEqual(payloads);
  });

  it('gives what is in fragments', () => {
    const [first, second] = [payloadOf(300), payloadOf(1001)];
    const stream = Buffer.concat([frame(first, false), frame(second, true, 0)]);
    expect(messagesOf(stream, 50)).toEqual([Buffer.concat([first, second])]);
  });

  it.each([null, undefined, {}, { getData: () => {} }])('leaves alone what it does not know: %j', (receiver) => {
    const webSocket = { _receiver: receiver } as unknown as ws.WebSocket;
    const before = receiver?.getData;
    hastenReceiver(webSocket);
    expect(receiver?.getData).toBe(before);
  });
});
