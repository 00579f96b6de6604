import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { hasMosquittoClients } from '../../dev/real-clients.mjs';
import { startBridged } from './bridged-broker.ts';
import { MosquittoBroker } from './mosquitto-broker.ts';
import { MosquittoClients } from './mosquitto-client.ts';
import { type StartedBroker, startBroker } from './started-broker.ts';

interface RemoteBroker {
  readonly port: number;
  stop(): Promise<unknown>;
}

const REMOTES: readonly (readonly [string, () => Promise<RemoteBroker>])[] = [
  ['Mosquitto', () => MosquittoBroker.start()],
  ['a second broker of ours', () => startBroker()],
];

describe.runIf(hasMosquittoClients()).each(REMOTES)('a bridge to %s', (_, startRemote) => {
  let remote: RemoteBroker;
  let broker: StartedBroker | undefined;
  let here: MosquittoClients;
  let there: MosquittoClients;

  async function bridge(...lines: readonly string[]): Promise<void> {
    broker = await startBridged([`server = "mqtt-tcp://127.0.0.1:${remote.port}"`, ...lines]);
    here = new MosquittoClients(broker.port, '5');
    there = new MosquittoClients(remote.port, '5');
  }

  beforeEach(async () => {
    remote = await startRemote();
  });
  afterEach(async () => {
    await Promise.all([here?.close(), there?.close()]);
    await broker?.stop();
    await remote.stop();
  });

  describe.each([
    ['3.1.1', 4],
    ['5.0', 5],
  ])('with MQTT %s', (_version, protocolVersion) => {
    const version = `proto_ver = ${protocolVersion}`;

    it('carries every QoS out, under the topic name that the rule says', async () => {
      await bridge(version, 'forwards = [{ local_topic = "a/#", remote_topic = "", prefix = "from/here/" }]');
      const subscriber = await there.subscribe('-t', 'from/#', '-q', '2');
      for (const qos of [0, 1, 2]) {
        await here.publish('-t', 'a/b', '-m', `out ${qos}`, '-q', String(qos));
        expect(await subscriber.next()).toMatchObject({ topic: 'from/here/a/b', qos, payload: `out ${qos}` });
      }
    });

    it('carries every QoS in', async () => {
      await bridge(version, 'subscription = [{ remote_topic = "+/cmd/#", local_topic = "cmd/#", qos = 2 }]');
      const subscriber = await here.subscribe('-t', 'cmd/#', '-q', '2');
      for (const qos of [0, 1, 2]) {
        await there.publish('-t', 'x/cmd/go', '-m', `in ${qos}`, '-q', String(qos));
        expect(await subscriber.next()).toMatchObject({ topic: 'cmd/go', qos, payload: `in ${qos}` });
      }
    });

    it('carries each message once, both ways on #', async () => {
      await bridge(
        version,
        'forwards = [{ local_topic = "#", remote_topic = "" }]',
        'subscription = [{ remote_topic = "#", local_topic = "", qos = 1 }]',
      );
      const atHome = await here.subscribe('-t', 'loop/#', '-q', '1');
      const away = await there.subscribe('-t', 'loop/#', '-q', '1');
      for (let i = 0; i < 5; i++) {
        await here.publish('-t', 'loop/a', '-m', `here ${i}`, '-q', '1');
        expect((await atHome.next()).payload).toBe(`here ${i}`);
        expect((await away.next()).payload).toBe(`here ${i}`);
        await there.publish('-t', 'loop/b', '-m', `there ${i}`, '-q', '1');
        expect((await atHome.next()).payload).toBe(`there ${i}`);
        expect((await away.next()).payload).toBe(`there ${i}`);
      }
    });

    it('carries retained messages, those that were there before it too', async () => {
      await new MosquittoClients(remote.port, '5').publish('-t', 'in/old', '-m', 'was there', '-r', '-q', '1');
      await bridge(
        version,
        'forwards = [{ local_topic = "out/#", remote_topic = "" }]',
        'subscription = [{ remote_topic = "in/#", local_topic = "", qos = 1 }]',
      );
      await here.publish('-t', 'out/now', '-m', 'kept here', '-r', '-q', '1');
      await there.publish('-t', 'in/now', '-m', 'kept there', '-r', '-q', '1');
      for (const [topic, payload] of [
        ['in/old', 'was there'],
        ['in/now', 'kept there'],
      ] as const) {
        const subscriber = await here.subscribe('-t', topic, '-q', '1');
        expect(await subscriber.next()).toMatchObject({ topic, payload });
      }
      const late = await there.subscribe('-t', 'out/now', '-q', '1');
      expect(await late.next()).toMatchObject({ topic: 'out/now', payload: 'kept here' });
    });

    it('leaves a will that is sent when it dies', async () => {
      await bridge(version, 'will { topic = "bridge/gone", payload = "it died", qos = 1 }');
      const watcher = await there.subscribe('-t', 'bridge/gone', '-q', '1');
      broker?.process.kill('SIGKILL');
      expect(await watcher.next()).toMatchObject({ topic: 'bridge/gone', qos: 1, payload: 'it died' });
    });
  });

  it('lets MQTT 5.0 properties pass', async () => {
    await bridge('proto_ver = 5', 'forwards = [{ local_topic = "a", remote_topic = "" }]');
    const subscriber = await there.subscribe('-t', 'a', '-q', '1', '-F', '%t|%q|%r|%C %R %P %p');
    const properties = ['content-type', 'text/plain'];
    await here.publish(
      '-t',
      'a',
      '-m',
      'x',
      '-q',
      '1',
      '-D',
      'publish',
      ...properties,
      '-D',
      'publish',
      'response-topic',
      'r',
    );
    expect((await subscriber.next()).payload).toMatch(/^text\/plain r bridge-origin:[0-9a-f]{16} x$/);
  });
});
