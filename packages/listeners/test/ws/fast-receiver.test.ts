import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { hastenReceiver } from '../../src/ws/fast-receiver.ts';
import { maskedFrame, payloadOf } from './web-socket-frames.ts';

/** Exported, yet missing in the types. */
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable };

const LENGTHS = [0, 1, 125, 126, 255, 256, 257, 1003, 70_000];
const MAX_PAYLOAD_BYTES = 100_000;

/** What a receiver of `ws` tells, in order: kind and bytes; neighbouring binary messages as one. */
type Heard = [kind: string, bytes: string][];

/** What is heard of a stream that comes in chunks of these sizes, over and over. */
function heardOf(stream: Buffer, sizes: readonly number[], isHastened: boolean): Heard {
  const receiver = new Receiver({ isServer: true, binaryType: 'nodebuffer', maxPayload: MAX_PAYLOAD_BYTES });
  if (isHastened) hastenReceiver({ _receiver: receiver } as unknown as ws.WebSocket);
  const heard: Heard = [];
  const hear = (kind: string, bytes: Buffer) => {
    const last = heard.at(-1);
    if (kind === 'binary' && last?.[0] === kind) last[1] += bytes.toString('hex');
    else heard.push([kind, bytes.toString('hex')]);
  };
  receiver
    .on('message', (data: Buffer, isBinary: boolean) => hear(isBinary ? 'binary' : 'text', data))
    .on('ping', (data: Buffer) => hear('ping', data))
    .on('conclude', (code: number) => hear(`close ${code}`, Buffer.alloc(0)))
    .on('error', (error: NodeJS.ErrnoException) => hear(`error ${error.code}`, Buffer.alloc(0)));
  for (let at = 0, i = 0; at < stream.length && receiver.writable; i++) {
    const size = sizes[i % sizes.length] as number;
    receiver.write(Buffer.from(stream.subarray(at, at + size)));
    at += size;
  }
  return heard;
}

const length = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 130 }) },
  { weight: 2, arbitrary: fc.nat({ max: 1100 }) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 99_999) },
);
const mask = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes));
const binary = fc.tuple(length, mask).map(([bytes, with4]) => maskedFrame(payloadOf(bytes), true, 2, with4));
const other = fc.oneof(
  fc.nat({ max: 125 }).map((bytes) => maskedFrame(payloadOf(bytes), true, 9)),
  fc.nat({ max: 300 }).map((bytes) => maskedFrame(Buffer.alloc(bytes, 'x'), true, 1)),
  fc.tuple(length, length).map(([first, second]) => {
    const [head, tail] = [maskedFrame(payloadOf(first), false), maskedFrame(payloadOf(second), true, 0)];
    return Buffer.concat([head, maskedFrame(payloadOf(5), true, 9), tail]);
  }),
);
/** Ends a connection: close, no mask, reserved bits, an unknown opcode, too large, a stray rest of fragments. */
const last = fc.constantFrom(
  maskedFrame(Buffer.from('03e8', 'hex'), true, 8),
  Buffer.from('8202abcd', 'hex'),
  Buffer.concat([Buffer.from([0xc2]), maskedFrame(payloadOf(9)).subarray(1)]),
  maskedFrame(payloadOf(9), true, 3),
  maskedFrame(payloadOf(MAX_PAYLOAD_BYTES + 1)),
  maskedFrame(payloadOf(9), true, 0),
  Buffer.alloc(0),
);
const frames = fc.array(fc.oneof({ weight: 5, arbitrary: binary }, { weight: 1, arbitrary: other }), { maxLength: 30 });
const chunkSizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
  minLength: 1,
  maxLength: 8,
});

describe('hastenReceiver', () => {
  it.each([1, 3, 64, 1000, 65_536, 1_000_000])('gives the messages as they were, from chunks of %i bytes', (size) => {
    const payloads = LENGTHS.map(payloadOf);
    const stream = Buffer.concat(payloads.map((payload) => maskedFrame(payload)));
    expect(heardOf(stream, [size], true)).toEqual([['binary', Buffer.concat(payloads).toString('hex')]]);
  });

  it('gives what is in fragments', () => {
    const [first, second] = [payloadOf(300), payloadOf(1001)];
    const stream = Buffer.concat([maskedFrame(first, false), maskedFrame(second, true, 0)]);
    expect(heardOf(stream, [50], true)).toEqual([['binary', Buffer.concat([first, second]).toString('hex')]]);
  });

  it('tells what ws alone tells, whatever comes and however it is cut', () => {
    fc.assert(
      fc.property(frames, last, frames, chunkSizes, (before, end, after, sizes) => {
        const stream = Buffer.concat([...before, end, ...after]);
        expect(heardOf(stream, sizes, true)).toEqual(heardOf(stream, sizes, false));
      }),
      { numRuns: 300 },
    );
  });

  it.each([null, undefined, {}, { getData: () => {} }])('leaves alone what it does not know: %j', (receiver) => {
    const webSocket = { _receiver: receiver } as unknown as ws.WebSocket;
    const before = receiver?.getData;
    hastenReceiver(webSocket);
    expect(receiver?.getData).toBe(before);
  });
});
