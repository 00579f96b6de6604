import { setTimeout as wait } from 'node:timers/promises';
import { NANOMQ, type StartedBroker, startBroker } from './started-broker.ts';

/** Longer than any bridge takes to connect to a broker that is there. */
const LIMIT_MS = 20_000;

/** What the log says when a bridge is connected. */
export const CONNECTED = 'the bridge is connected';

/**
 * Starts a broker with one bridge, `test`, and waits for it.
 * @param lines  of the bridge's section, `server` among them
 * @param until  what the log says when the wait is over; default: that it is connected
 * @param rest   lines beside the section
 */
export async function startBridged(
  lines: readonly string[],
  until = CONNECTED,
  rest: readonly string[] = [],
): Promise<StartedBroker> {
  const broker = await startBroker(
    [NANOMQ, 'start'],
    ({ mqtt }) => `listeners.tcp.bind = "127.0.0.1:${mqtt}"
log.level = info
${rest.join('\n')}
bridges.mqtt.test {
${lines.join('\n')}
}
`,
  );
  try {
    await printed(broker, until);
    return broker;
  } catch (error) {
    await broker.stop();
    throw error;
  }
}

/** Waits until the broker has printed `text` so many times. */
export async function printed(broker: StartedBroker, text: string, times = 1): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (broker.printed().split(text).length <= times) {
    if (Date.now() > deadline) throw new Error(`never printed "${text}":\n${broker.printed()}`);
    await wait(10);
  }
}
