import { setTimeout as sleep } from 'node:timers/promises';
import { connectFrame, publishTemplate, subscribeFrame } from '../load/load-frames.ts';
import { LoadSocket } from '../load/load-socket.ts';

const TOPIC = 'bench/ready';
const PROBE_MS = 50;
const PUBLISH = 3;

/** Whether a message published at one broker reaches a subscriber at another one in time. */
export async function carriesSoon(port: number, subscriberPort: number, limitMs: number): Promise<boolean> {
  let hasArrived = false;
  const owner = {
    frame: (firstByte: number) => {
      if (firstByte >> 4 === PUBLISH) hasArrived = true;
    },
    chunkEnded: () => {},
    drained: () => {},
    failed: () => {},
  };
  const subscriber = new LoadSocket({ port: subscriberPort }, owner);
  const publisher = new LoadSocket({ port }, { ...owner, frame: () => {} });
  subscriber.write(connectFrame('bench-far', 4));
  subscriber.write(subscribeFrame(TOPIC, 0, 4));
  publisher.write(connectFrame('bench-near', 4));
  const limit = performance.now() + limitMs;
  while (!hasArrived && performance.now() < limit) {
    publisher.write(publishTemplate(TOPIC, 0, 4, 8).frame);
    await sleep(PROBE_MS);
  }
  subscriber.close();
  publisher.close();
  return hasArrived;
}
