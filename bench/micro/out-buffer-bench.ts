import type * as BufferPoolModule from '../../packages/core/src/connection/buffer-pool.ts';
import type * as FlushQueueModule from '../../packages/core/src/connection/flush-queue.ts';
import type * as OutBufferModule from '../../packages/core/src/connection/out-buffer.ts';
import type * as CountersModule from '../../packages/core/src/observe/counters.ts';
import { builtModule } from './built-module.ts';
import { measureMicro, microText } from './harness.ts';

const FRAME_BYTES = [16, 84, 1024] as const;
const FRAMES_A_TURN = 100;

/** Times appending frames to a connection's out-buffer, flushed once for every hundred. */
export async function benchOutBuffer(): Promise<void> {
  const { BufferPool } = await builtModule<typeof BufferPoolModule>('packages/core/dist/connection/buffer-pool.js');
  const { FlushQueue } = await builtModule<typeof FlushQueueModule>('packages/core/dist/connection/flush-queue.js');
  const { Counters } = await builtModule<typeof CountersModule>('packages/core/dist/observe/counters.js');
  const { OutBuffer } = await builtModule<typeof OutBufferModule>('packages/core/dist/connection/out-buffer.js');
  const transport = {
    remoteAddress: '127.0.0.1',
    remotePort: 1,
    listener: 'tcp:bench',
    peerCertificate: null,
    pendingBytes: 0,
    write: () => true,
    pause() {},
    resume() {},
    end() {},
    destroy() {},
  };
  const queue = new FlushQueue();
  const out = new OutBuffer(transport, new BufferPool(), queue, new Counters());
  for (const bytes of FRAME_BYTES) {
    const frame = Buffer.alloc(bytes);
    const run = (operations: number) => {
      for (let i = 0; i < operations; i++) {
        out.append(frame, 0, bytes);
        if (i % FRAMES_A_TURN === 0) queue.flush();
      }
      queue.flush();
      return out.length;
    };
    console.log(microText(measureMicro({ name: `out-buffer: append ${bytes} B`, run })));
  }
}
