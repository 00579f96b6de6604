import { FakeClock, TcpLink } from '@nanomq-ts/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, createBroker, type MessageStream } from '../src/index.ts';
import { SystemClock } from '../src/system-clock.ts';
import { LOOPBACK_CONFIG, openBroker } from './embedded/opened-broker.ts';
import { RecordingLogger } from './embedded/recording-logger.ts';

const LOOPBACK = '127.0.0.1';

/** Ports on which this thread listens: whoever asks the system may find that another test has got a port that is free. */
function openPorts(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
}

describe('createBroker', () => {
  it('has the defaults of the command and listens nowhere yet', async () => {
    await using broker = await createBroker();
    expect(broker.config.listeners.tcp).toMatchObject([{ host: '0.0.0.0', port: 1883 }]);
    expect(broker.config.mqtt.maxPacketBytes).toBe(10 * 1024 * 1024);
  });

  it('names every problem of a configuration that is wrong', async () => {
    const config = 'mqtt.max_packet_size = nonsense\nmqtt.max_mqueue_len = [1]';
    const error: unknown = await createBroker({ config }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain('max_packet_size');
    expect(String(error)).toContain('max_mqueue_len');
  });

  it('logs what is odd about a configuration', async () => {
    const logger = new RecordingLogger();
    await using _ = await createBroker({ config: 'mqtt.max_pakcet_size = 1MB', logger });
    expect(logger.lines).toEqual([expect.stringMatching(/^warn .*unknown key.*max_pakcet_size/)]);
  });

  it.each([
    [4, [expect.stringMatching(/^warn system\.num_taskq_thread has no effect.*one shard/)]],
    [0, [expect.stringMatching(/^warn system\.num_taskq_thread has no effect.*one shard/)]],
    [1, []],
  ])('runs one shard also when %i are configured, and says so', async (shards, expected) => {
    const logger = new RecordingLogger();
    await using _ = await createBroker({ config: `system.num_taskq_thread = ${shards}`, logger });
    expect(logger.lines).toEqual(expected);
  });
});

describe('listen', () => {
  it('opens the listeners that are enabled and says where they are', async () => {
    const bind = `bind = "${LOOPBACK}:0"`;
    const config = `listeners.tcp { a { ${bind} }, b { ${bind}, enable = false }, c { ${bind} } }`;
    await using broker = await createBroker({ config });
    const addresses = await broker.listen();
    expect(addresses).toMatchObject([
      { name: 'tcp:a', host: LOOPBACK },
      { name: 'tcp:c', host: LOOPBACK },
    ]);
    for (const { port } of addresses) (await TcpLink.open(port)).destroy();
    expect(addresses[0]?.port).not.toBe(addresses[1]?.port);
  });

  it('called again gives the same and opens nothing more', async () => {
    await using broker = await createBroker({ config: LOOPBACK_CONFIG });
    const [first, second] = await Promise.all([broker.listen(), broker.listen()]);
    expect(second).toEqual(first);
    expect(await broker.listen()).toEqual(first);
  });

  it('rejects with the error of the system, and close lets go of what did open', async () => {
    await using other = await createBroker({ config: LOOPBACK_CONFIG });
    const [taken] = await other.listen();
    const names = `a { bind = "${LOOPBACK}:0" }, b { bind = "${LOOPBACK}:${taken?.port}" }`;
    const broker = await createBroker({ config: `listeners.tcp { ${names} }` });
    await expect(broker.listen()).rejects.toMatchObject({ name: 'ListenError', code: 'EADDRINUSE' });
    await broker.close();
  });

  it('that the end of the broker overtakes opens nothing', async () => {
    const broker = await createBroker({ config: LOOPBACK_CONFIG });
    const listening = broker.listen();
    await broker.close();
    await expect(listening).rejects.toThrow('the broker is closed');
  });
});

describe('close', () => {
  it.each([
    [3, []],
    [4, []],
    [5, [{ cmd: 'disconnect', reasonCode: 0x8b }]],
  ] as const)('ends a connection of version %i with %j and frees the port [MQTT-3.14.0-1]', async (version, last) => {
    // Those of the tests before go with the turn.
    await turns(10);
    const before = openPorts();
    const { broker, connect } = await openBroker();
    expect(openPorts()).toBe(before + 1);
    const client = await connect('c', version);
    await broker.close();
    await client.expectClosed();
    expect(client.received.slice(1)).toMatchObject(last);
    await turns(10);
    expect(openPorts()).toBe(before);
  });

  it('hands out what was published before it', async () => {
    const { broker, connect } = await openBroker();
    const client = await connect('c');
    await client.subscribe('a', 1);
    void broker.publish('a', 'last words', { qos: 1 });
    await broker.close();
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('last words') });
  });

  it('ends a connection that has not sent CONNECT', async () => {
    const { broker, connect, open } = await openBroker();
    const { client } = await open();
    await (await connect('later')).ping();
    await broker.close();
    await client.expectClosed();
  });

  it('waits for a client that does not read, and cuts it when the grace is over', async () => {
    const clock = new GraceClock();
    const { broker, open } = await openBroker({ clock });
    const { client, link } = await open();
    await client.connect({ clientId: 'stuck' });
    link.pause();
    let isClosed = false;
    void broker.close().then(() => {
      isClosed = true;
    });
    await turns(10);
    expect(isClosed).toBe(false);
    clock.endGrace();
    await turns(10);
    expect(isClosed).toBe(true);
  });

  it('stops every timer', async () => {
    const clock = new FakeClock();
    const broker = await createBroker({ clock });
    expect(clock.runningIntervals).toBeGreaterThan(0);
    await broker.close();
    expect(clock.runningIntervals).toBe(0);
  });

  it('may be called again, and is what await using calls', async () => {
    let closedStream: MessageStream;
    {
      await using broker = await createBroker();
      await using stream = broker.subscribe('a');
      closedStream = stream;
      onTestFinished(async () => {
        await Promise.all([broker.close(), broker.close()]);
        await expect(broker.publish('a', 'x')).rejects.toThrow('the broker is closed');
        await expect(broker.listen()).rejects.toThrow('the broker is closed');
        expect(() => broker.subscribe('a')).toThrow('the broker is closed');
      });
    }
    expect((await closedStream.next()).done).toBe(true);
  });
});

/** Lets this many turns of the event loop pass: much less than the 5 s after which a socket gives up by itself. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}

/** The system's clock, but the grace of `close` is over when the test says so. */
class GraceClock extends SystemClock {
  #graceOver: (() => void) | undefined;

  override every(intervalMs: number, callback: () => void): () => void {
    if (intervalMs !== 3000) return super.every(intervalMs, callback);
    this.#graceOver = callback;
    return () => {};
  }

  endGrace(): void {
    this.#graceOver?.();
  }
}
