import { parentPort, workerData } from 'node:worker_threads';
import type * as RingModule from '../../packages/taskq/src/ring.ts';
import type * as RingLinkModule from '../../packages/taskq/src/ring-link.ts';
import { builtModule } from './built-module.ts';

const RECORDS_A_TURN = 1000;

type PeerEvents = Parameters<RingLinkModule.RingLink['attach']>[0];

interface WriterData {
  readonly outgoing: RingModule.RingMemory;
  readonly incoming: RingModule.RingMemory;
  readonly records: number;
  readonly bytes: number;
}

const { outgoing, incoming, records, bytes } = workerData as WriterData;
const { RingLink } = await builtModule<typeof RingLinkModule>('packages/taskq/dist/ring-link.js');
const link = new RingLink({
  peerId: 2,
  outgoing,
  incoming,
  wakePeer: () => parentPort?.postMessage(null),
  wakeSelf: () => void setImmediate(woken),
});
// What a ring takes of a frame.
const frame = { buf: Buffer.alloc(bytes + 200), start: 100, end: 100 + bytes, hasProperties: true, deadlineMs: 0 };
const published = frame as Parameters<RingLinkModule.RingLink['peer']['publish']>[0];
let sent = 0;
link.attach({ drained: () => {} } as PeerEvents);
parentPort?.on('message', woken);
woken();

function woken(): void {
  link.poll();
  while (sent < records && !link.peer.isFull) {
    for (let i = 0; i < RECORDS_A_TURN && sent < records; i++, sent++) link.peer.publish(published);
    link.peer.commit();
  }
}
