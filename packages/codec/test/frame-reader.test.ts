import { clientVectors, type FrameVector, publishVectors, vectorBytes } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, type FrameSink, FrameVerdict } from '../src/frame-reader.ts';
import { MqttError } from '../src/mqtt-error.ts';

const LIMIT_BYTES = 1024;

/** What a reader made of some chunks. */
interface Reading {
  readonly frames: string[];
  readonly begun: number[];
  error: string | undefined;
  verdict: FrameVerdict;
}

/** A sink that keeps copies and answers with the verdicts given, then Continue. */
function recorder(verdicts: FrameVerdict[] = []): Reading & FrameSink {
  return {
    frames: [],
    begun: [],
    error: undefined,
    verdict: FrameVerdict.Continue,
    frame(buf, start, bodyStart, end) {
      const header = buf.toString('hex', start, bodyStart);
      this.frames.push(`${header}|${buf.toString('hex', bodyStart, end)}`);
      return verdicts.shift() ?? FrameVerdict.Continue;
    },
    frameBegun(firstByte) {
      this.begun.push(firstByte);
    },
  };
}

function readAll(chunks: readonly Buffer[], limitBytes = LIMIT_BYTES): Reading {
  const reader = new FrameReader(limitBytes);
  const sink = recorder();
  try {
    for (const chunk of chunks) {
      // A chunk is borrowed: with bytes around it, and overwritten once the call returns.
      const padded = Buffer.concat([Buffer.from([0xff]), chunk, Buffer.from([0xff])]);
      sink.verdict = reader.read(padded, 1, 1 + chunk.length, sink);
      padded.fill(0xee);
    }
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    sink.error = error.code;
  }
  return sink;
}

const bytewise = (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.from([byte]));

function expectSameHoweverSplit(bytes: Buffer, limitBytes = LIMIT_BYTES): Reading {
  const whole = readAll([bytes], limitBytes);
  const parts: readonly Buffer[][] = [
    bytewise(bytes),
    ...Array.from(bytes, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]),
  ];
  for (const chunks of parts) {
    const { frames, error } = readAll(chunks, limitBytes);
    expect({ frames, error }).toEqual({ frames: whole.frames, error: whole.error });
  }
  return whole;
}

describe.each(Object.entries(clientVectors))('a frame is the same however it is split: %s', (list, vectors) => {
  it.each<FrameVector>([...vectors])('$name', (vector) => {
    const { frames, error } = expectSameHoweverSplit(vectorBytes(vector));
    if (list === 'fixedHeader') expect({ frames, error }).toEqual({ frames: [], error: vector.error });
    else expect(frames.map((frame) => frame.replace('|', ''))).toEqual([vector.hex.replaceAll(' ', '')]);
  });
});

describe('several frames', () => {
  const all = Object.entries(clientVectors).flatMap(([list, vectors]) => (list === 'fixedHeader' ? [] : vectors));

  it('of one chunk are handed out in their order, however they are split', () => {
    const { frames } = expectSameHoweverSplit(Buffer.concat(publishVectors.map(vectorBytes)));
    expect(frames).toHaveLength(publishVectors.length);
  });

  it('come out of any chunks as they went in', () => {
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 5 }), cuts, (vectors, given) => {
        const bytes = Buffer.concat(vectors.map(vectorBytes));
        const ends = [...given.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        const { frames } = readAll(chunks);
        expect(frames.map((frame) => frame.replace('|', ''))).toEqual(
          vectors.map(({ hex }) => hex.replaceAll(' ', '')),
        );
      }),
    );
  });

  it('before a broken one are handed out all the same', () => {
    const bytes = Buffer.from('c000c000308080808001', 'hex');
    expect(expectSameHoweverSplit(bytes)).toMatchObject({ frames: ['c000|', 'c000|'], error: 'MALFORMED_VARINT' });
  });
});

describe('limits', () => {
  it.each([
    ['the largest frame allowed', `300a${'00'.repeat(10)}`, 12, undefined],
    ['one byte more [MQTT-3.2.2-15]', `300b${'00'.repeat(11)}`, 12, 'PACKET_TOO_LARGE'],
    ['one byte more in a longer length [MQTT-3.2.2-15]', `308b00${'00'.repeat(11)}`, 13, 'PACKET_TOO_LARGE'],
  ])('%s', (_name, hex, limitBytes, error) => {
    expect(expectSameHoweverSplit(Buffer.from(hex, 'hex'), limitBytes).error).toBe(error);
  });

  it('refuses a large frame as soon as its length is known', () => {
    expect(readAll([Buffer.from('3081', 'hex')], 64).error).toBeUndefined();
    expect(readAll([Buffer.from('308101', 'hex')], 64).error).toBe('PACKET_TOO_LARGE');
  });

  it('reserves nothing for a large length that is only announced', () => {
    const reader = new FrameReader(0x0fff_ffff + 5);
    const before = process.memoryUsage().arrayBuffers;
    const chunk = Buffer.concat([Buffer.from('30ffffff7f', 'hex'), Buffer.alloc(100)]);
    expect(reader.read(chunk, 0, chunk.length, recorder())).toBe(FrameVerdict.Continue);
    expect(reader.bufferedBytes).toBe(105);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('counts what it keeps, and nothing once the frame is handed out', () => {
    const reader = new FrameReader(LIMIT_BYTES);
    const sink = recorder();
    const bytes = Buffer.from('3004000161' + '78', 'hex');
    reader.read(bytes, 0, 4, sink);
    expect(reader.bufferedBytes).toBe(4);
    reader.read(bytes, 4, 6, sink);
    expect(reader.bufferedBytes).toBe(0);
    expect(sink.frames).toEqual(['3004|00016178']);
  });

  it('copies a frame of many chunks byte for byte', () => {
    const body = Buffer.from(Array.from({ length: 5000 }, (_, at) => at & 0xff));
    const bytes = Buffer.concat([Buffer.from('308827', 'hex'), body]);
    const chunks = Array.from({ length: 51 }, (_, at) => bytes.subarray(at * 100, at * 100 + 100));
    expect(readAll(chunks, 10_000).frames).toEqual([`308827|${body.toString('hex')}`]);
  });
});

describe('a frame that has begun', () => {
  it('is announced once with its first byte, in every split', () => {
    expect(readAll(bytewise(Buffer.from('c0003003000161', 'hex'))).begun).toEqual([0xc0, 0x30]);
    expect(readAll([Buffer.from('c00030', 'hex'), Buffer.from('03000161', 'hex')]).begun).toEqual([0x30]);
  });

  it('may be refused before it is whole', () => {
    const sink = recorder();
    sink.frameBegun = () => {
      throw new MqttError('PACKET_FROM_SERVER');
    };
    expect(() => new FrameReader(LIMIT_BYTES).read(Buffer.from([0x20]), 0, 1, sink)).toThrow(MqttError);
  });
});

describe('verdicts', () => {
  const PINGS = Buffer.from('c000c000c000', 'hex');

  it('Suspend keeps the rest until resume, with what comes meanwhile', () => {
    const reader = new FrameReader(LIMIT_BYTES);
    const sink = recorder([FrameVerdict.Suspend, FrameVerdict.Continue, FrameVerdict.Suspend]);
    expect(reader.read(PINGS, 0, 6, sink)).toBe(FrameVerdict.Suspend);
    expect(sink.frames).toHaveLength(1);
    expect(reader.bufferedBytes).toBe(4);
    expect(reader.read(Buffer.from('30030001', 'hex'), 0, 4, sink)).toBe(FrameVerdict.Suspend);
    expect(reader.bufferedBytes).toBe(8);
    expect(sink.frames).toHaveLength(1);
    expect(reader.resume(sink)).toBe(FrameVerdict.Suspend);
    expect(sink.frames).toHaveLength(3);
    expect(reader.bufferedBytes).toBe(4);
    expect(reader.resume(sink)).toBe(FrameVerdict.Continue);
    expect(reader.read(Buffer.from('61', 'hex'), 0, 1, sink)).toBe(FrameVerdict.Continue);
    expect(sink.frames.at(-1)).toBe('3003|000161');
    expect(reader.bufferedBytes).toBe(0);
  });

  it('Suspend after a frame of several chunks keeps what follows it', () => {
    const reader = new FrameReader(LIMIT_BYTES);
    const sink = recorder([FrameVerdict.Suspend]);
    reader.read(PINGS, 0, 1, sink);
    const rest = Buffer.from('00c000', 'hex');
    expect(reader.read(rest, 0, 3, sink)).toBe(FrameVerdict.Suspend);
    rest.fill(0xff);
    expect(reader.resume(sink)).toBe(FrameVerdict.Continue);
    expect(sink.frames).toEqual(['c000|', 'c000|']);
  });

  it('Suspend after the last frame of a chunk holds back the next chunk', () => {
    const reader = new FrameReader(LIMIT_BYTES);
    const sink = recorder([FrameVerdict.Suspend]);
    expect(reader.read(PINGS, 0, 2, sink)).toBe(FrameVerdict.Suspend);
    expect(reader.read(PINGS, 2, 6, sink)).toBe(FrameVerdict.Suspend);
    expect(sink.frames).toHaveLength(1);
    expect(reader.resume(sink)).toBe(FrameVerdict.Continue);
    expect(sink.frames).toHaveLength(3);
  });

  it('Stop parses nothing further and keeps nothing', () => {
    const reader = new FrameReader(LIMIT_BYTES);
    const sink = recorder([FrameVerdict.Stop]);
    expect(reader.read(PINGS, 0, 5, sink)).toBe(FrameVerdict.Stop);
    expect(sink.frames).toHaveLength(1);
    expect(reader.bufferedBytes).toBe(0);
  });

  it('resume without Suspend does nothing, reset forgets everything kept', () => {
    const reader = new FrameReader(LIMIT_BYTES);
    const sink = recorder([FrameVerdict.Suspend]);
    expect(reader.resume(sink)).toBe(FrameVerdict.Continue);
    reader.read(PINGS, 0, 5, sink);
    reader.reset();
    expect(reader.bufferedBytes).toBe(0);
    expect(reader.read(PINGS, 0, 2, sink)).toBe(FrameVerdict.Continue);
    expect(sink.frames).toHaveLength(2);
  });
});
