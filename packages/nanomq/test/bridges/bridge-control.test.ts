import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Broker, createBroker } from '../../src/index.ts';

interface BridgeAnswer {
  readonly status: number;
  readonly body: {
    readonly code: number;
    readonly data?: {
      readonly bridge: {
        readonly nodes: readonly {
          readonly name: string;
          readonly enable: boolean;
          readonly status: { readonly state: string; readonly server: string | null };
        }[];
      };
    };
  };
}

async function open(config: string): Promise<{ broker: Broker; port: number }> {
  const broker = await createBroker({ config });
  onTestFinished(() => broker.close());
  const [listener] = await broker.listen();
  return { broker, port: (listener as { readonly port: number }).port };
}

/** A broker with the bridge `up` to another one. */
async function bridged(): Promise<{ here: Broker; there: Broker; ask: Ask; connected(): Promise<void> }> {
  const { broker: there, port } = await open('listeners.tcp.bind = "127.0.0.1:0"');
  const { broker: here } = await open(`listeners.tcp.bind = "127.0.0.1:0"
    http_server { port = 0 }
    bridges.mqtt.up {
      server = "mqtt-tcp://127.0.0.1:${port}", proto_ver = 5
      subscription = [{ remote_topic = "a", local_topic = "", qos = 1 }]
    }`);
  const ask: Ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${here.httpAddress?.port}/api/v4${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from('admin:public').toString('base64')}`,
        'content-type': 'application/json',
        connection: 'close',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as BridgeAnswer['body'] };
  };
  const connected = async () => {
    while ((await ask('GET', '/bridges/up')).body.data?.bridge.nodes[0]?.status.state !== 'connected') await wait(20);
  };
  await connected();
  return { here, there, ask, connected };
}

type Ask = (method: string, path: string, body?: unknown) => Promise<BridgeAnswer>;

describe('bridges over API v4', () => {
  it('are listed with their state', async () => {
    const { ask } = await bridged();
    const { body } = await ask('GET', '/bridges');
    expect(body.data?.bridge.nodes).toMatchObject([{ name: 'up', enable: true, status: { state: 'connected' } }]);
  });

  it('are switched off and on', async () => {
    const { ask, connected } = await bridged();
    const turn = (isOn: boolean) => ask('POST', '/bridges/switch/up', { data: { bridge_switch: isOn } });
    expect(await turn(true)).toMatchObject({ status: 400 });
    expect(await turn(false)).toMatchObject({ status: 200, body: { code: 0 } });
    expect((await ask('GET', '/bridges/up')).body.data?.bridge.nodes[0]).toMatchObject({
      enable: false,
      status: { state: 'off' },
    });
    expect(await turn(true)).toMatchObject({ status: 200 });
    await connected();
  });

  it('get and lose subscriptions, without connecting anew', async () => {
    const { ask, here, there } = await bridged();
    const seen: string[] = [];
    const stream = here.subscribe('#');
    void (async () => {
      for await (const { topicName } of stream) seen.push(topicName);
    })();
    const subscription = [{ remote_topic: 'b', local_topic: 'c', qos: 1 }];
    expect(await ask('POST', '/bridges/sub/up', { data: { subscription } })).toMatchObject({ status: 200 });
    expect(await ask('POST', '/bridges/unsub/up', { data: { unsubscription: [{ topic: 'a' }] } })).toMatchObject({
      status: 200,
    });
    await there.publish('a', 'x', { qos: 1 });
    await there.publish('b', 'x', { qos: 1 });
    while (seen.length === 0) await wait(10);
    expect(seen).toEqual(['c']);
    const { body } = await ask('GET', '/bridges/up');
    expect(body.data?.bridge.nodes[0]).toMatchObject({
      status: { reconnects: 0 },
      subscription: [{ remote_topic: 'b' }],
    });
  });

  it('take other settings and connect again', async () => {
    const { ask, connected } = await bridged();
    const other = await open('listeners.tcp.bind = "127.0.0.1:0"');
    const server = `mqtt-tcp://127.0.0.1:${other.port}`;
    expect(await ask('PUT', '/bridges/up', { up: { server, keepalive: '30s' } })).toMatchObject({ status: 200 });
    await connected();
    const { body } = await ask('GET', '/bridges/up');
    expect(body.data?.bridge.nodes[0]?.status.server).toBe(server);
    expect(await ask('PUT', '/bridges/up', { up: { server: 'http://x' } })).toMatchObject({ status: 400 });
    expect(await ask('PUT', '/bridges/none', { none: { server } })).toMatchObject({ status: 404 });
  });
});
