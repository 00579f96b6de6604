/**
 * A broker with the HTTP API that watches itself; the parent asks over IPC. Plain JavaScript, because Node 20 runs it as
 * it is; `argv[2]` is the built package, `argv[3]` the text of the configuration. Needs --expose-gc.
 */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const { createBroker } = await import(process.argv[2]);
const broker = await createBroker({ config: process.argv[3] });
const [listener] = await broker.listen();

/** Ticks each millisecond; what it sees above that is the time the event loop was held, in nanoseconds. */
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

const answers = {
  reset: () => delay.reset(),
  delays: () => ({ maxMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6, meanMs: delay.mean / 1e6 }),
  footprint: async () => {
    // What waits in finalizers and closing handles is gone after a few turns.
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      globalThis.gc();
    }
    const { heapUsed, external } = process.memoryUsage();
    return { heapBytes: heapUsed + external, descriptors: readdirSync('/proc/self/fd').length };
  },
};

process.on('message', async (question) => process.send({ question, answer: (await answers[question]()) ?? null }));
process.on('disconnect', () => process.exit(0));
process.send({ question: 'ports', answer: { mqtt: listener.port, http: broker.httpAddress.port } });
