import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type * as RingModule from '../../packages/taskq/src/ring.ts';
import type * as RingLinkModule from '../../packages/taskq/src/ring-link.ts';
import { builtModule } from './built-module.ts';
import { type MicroBench, measureMicro, microText } from './harness.ts';

/** Bytes of a PUBLISH with a payload of 64 bytes. */
const FRAME_BYTES = 80;
const RUN_BYTES = 64 * 1024;
const RECORDS_A_TURN = 100;

type Modules = Pick<typeof RingModule, 'createRing'> & Pick<typeof RingLinkModule, 'RingLink'>;
type Link = RingLinkModule.RingLink;
type PeerEvents = Parameters<Link['attach']>[0];

/** Times what a message costs on its way to another shard: in one thread both ends, then two threads. */
export async function benchRing(): Promise<void> {
  const { createRing } = await builtModule<typeof RingModule>('packages/taskq/dist/ring.js');
  const { RingLink } = await builtModule<typeof RingLinkModule>('packages/taskq/dist/ring-link.js');
  const modules = { createRing, RingLink };
  for (const bench of inOneThread(modules)) console.log(microText(measureMicro(bench)));
  for (const bytes of [16, FRAME_BYTES, 1024]) console.log(await pairText(modules, bytes));
}

function inOneThread(modules: Modules): MicroBench[] {
  const { near, far, seen } = linksInOneThread(modules);
  const chunk = Buffer.alloc(2 * RUN_BYTES);
  const frame = { buf: chunk, start: 100, end: 100 + FRAME_BYTES, hasProperties: true, deadlineMs: 0 };
  const told = (operations: number, perTurn: number, tell: (peer: Link['peer']) => void) => {
    for (let i = 1; i <= operations; i++) {
      tell(near.peer);
      if (i % perTurn !== 0) continue;
      near.peer.commit();
      far.poll();
    }
    return seen;
  };
  // What a ring takes of a frame.
  const publish = frame as Parameters<Link['peer']['publish']>[0];
  return [
    {
      name: 'ring: poll when nothing has arrived',
      run: (operations) => {
        let arrived = 0;
        for (let i = 0; i < operations; i++) if (far.poll()) arrived++;
        return arrived;
      },
    },
    {
      name: `ring: publish of ${FRAME_BYTES} B there and read, ${RECORDS_A_TURN} a turn`,
      run: (operations) => told(operations, RECORDS_A_TURN, (peer) => peer.publish(publish)),
    },
    {
      name: `ring: publish of ${FRAME_BYTES} B there and read, 1 a turn`,
      run: (operations) => told(operations, 1, (peer) => peer.publish(publish)),
    },
    {
      name: `ring: run of frames, ${RUN_BYTES / 1024} KiB, there and read`,
      run: (operations) => told(operations, 1, (peer) => peer.frames(chunk, 0, RUN_BYTES, 800, true)),
    },
    { name: `copy of ${RUN_BYTES / 1024} KiB, for comparison`, run: copies },
  ];
}

function copies(operations: number): Buffer {
  const from = Buffer.alloc(RUN_BYTES);
  const to = Buffer.alloc(RUN_BYTES);
  for (let i = 0; i < operations; i++) from.copy(to, 0, 0, RUN_BYTES);
  return to;
}

function linksInOneThread({ createRing, RingLink }: Modules): { near: Link; far: Link; seen: { bytes: number } } {
  const [there, back] = [createRing(), createRing()];
  const ends = { wakePeer: () => {}, wakeSelf: () => {} };
  const near = new RingLink({ peerId: 2, outgoing: there, incoming: back, ...ends });
  const far = new RingLink({ peerId: 1, outgoing: back, incoming: there, ...ends });
  const seen = { bytes: 0 };
  const count = (_: Buffer, start: number, end: number): void => {
    seen.bytes += end - start;
  };
  near.attach({ drained: () => {} } as PeerEvents);
  far.attach({ publish: count, frames: count } as unknown as PeerEvents);
  return { near, far, seen };
}

/** One thread publishes as fast as it can, this one reads; each wakes the other. */
async function pairText({ createRing, RingLink }: Modules, bytes: number): Promise<string> {
  const records = 4e9 / (bytes + 400);
  const [outgoing, incoming] = [createRing(), createRing()];
  const workerData = { outgoing: incoming, incoming: outgoing, records, bytes };
  const writer = new Worker(new URL('./ring-writer.js', import.meta.url), { workerData });
  await once(writer, 'online');
  const begin = performance.now();
  await new Promise<void>((resolve) => {
    let received = 0;
    const link = new RingLink({
      peerId: 1,
      outgoing,
      incoming,
      wakePeer: () => writer.postMessage(null),
      wakeSelf: () => void setImmediate(() => link.poll()),
    });
    const publish = (): void => {
      received += 1;
      if (received >= records) resolve();
    };
    link.attach({ publish } as unknown as PeerEvents);
    writer.on('message', () => link.poll());
  });
  const perSecond = records / (performance.now() - begin) / 1000;
  await writer.terminate();
  return `ring: publish of ${bytes} B from thread to thread: ${perSecond.toFixed(1)} M/s`;
}
