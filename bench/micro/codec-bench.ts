import type * as FrameReaderModule from '../../packages/codec/src/frame-reader.ts';
import type * as PublishFrameModule from '../../packages/codec/src/publish-frame.ts';
import { builtModule } from './built-module.ts';
import { measureMicro, microText } from './harness.ts';

const CHUNK_BYTES = 64 * 1024;
const MAX_PACKET_BYTES = 1 << 20;

/** Times the frame reader and the PUBLISH parser on chunks as the pair scenario makes them. */
export async function benchCodec(): Promise<void> {
  const { FrameReader, FrameVerdict } = await builtModule<typeof FrameReaderModule>(
    'packages/codec/dist/frame-reader.js',
  );
  const { PublishFrame } = await builtModule<typeof PublishFrameModule>('packages/codec/dist/publish-frame.js');
  const frame = publishBytes({ qos: 0, hasProperties: false });
  const frames = Math.floor(CHUNK_BYTES / frame.length);
  const chunk = Buffer.alloc(frames * frame.length, frame);
  let seen = 0;
  const counter = {
    frame: () => {
      seen += 1;
      return FrameVerdict.Continue;
    },
    frameBegun: () => {},
  };
  const reader = new FrameReader(MAX_PACKET_BYTES);
  const cut = frame.length >> 1;
  const benches = [
    {
      name: 'frame reader: a frame, whole frames in a 64 KiB chunk',
      run: (operations: number) => {
        for (let done = 0; done < operations; done += frames) reader.read(chunk, 0, chunk.length, counter);
        return seen;
      },
    },
    {
      name: 'frame reader: a frame that arrives in two halves',
      run: (operations: number) => {
        for (let done = 0; done < operations; done += 1) {
          reader.read(frame, 0, cut, counter);
          reader.read(frame, cut, frame.length, counter);
        }
        return seen;
      },
    },
    ...([0, 1] as const).map((qos) => publishBench(new PublishFrame(), qos, qos === 1)),
  ];
  for (const bench of benches) console.log(microText(measureMicro(bench)));
}

function publishBench(
  parsed: PublishFrameModule.PublishFrame,
  qos: 0 | 1,
  hasProperties: boolean,
): { name: string; run(operations: number): unknown } {
  const frame = publishBytes({ qos, hasProperties });
  return {
    name: `PUBLISH parser: 64 B, QoS ${qos}, ${hasProperties ? '5.0' : '3.1.1'}`,
    run: (operations) => {
      let sum = 0;
      for (let done = 0; done < operations; done += 1) {
        parsed.parse(frame, 0, 2, frame.length, hasProperties);
        sum += parsed.payloadStart;
      }
      return sum;
    },
  };
}

/** PUBLISH to `bench/7/t` with 64 zero bytes and, where asked, an empty property list. */
function publishBytes({ qos, hasProperties }: { qos: 0 | 1; hasProperties: boolean }): Buffer {
  const topic = Buffer.from('bench/7/t');
  const packetId = qos === 0 ? [] : [0, 7];
  const properties = hasProperties ? [0] : [];
  const body = Buffer.concat([
    Buffer.from([0, topic.length]),
    topic,
    Buffer.from([...packetId, ...properties]),
    Buffer.alloc(64),
  ]);
  return Buffer.concat([Buffer.from([0x30 | (qos << 1), body.length]), body]);
}
