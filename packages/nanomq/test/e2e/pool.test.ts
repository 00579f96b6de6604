import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AdministeredBroker } from './administered-broker.ts';
import { EdgeCerts } from './edge-broker.ts';
import { freePort } from './free-port.ts';
import { MosquittoClients } from './mosquitto-client.ts';
import { dataOf, metricOf, SHARDS, startPool } from './pool-broker.ts';

/** So many that most of the time some of them are on different shards. */
const CROWD = 24;
/** Crowds that one shard may have taken whole before that is a fault: it takes what came in one turn. */
const MOST_CROWDS = 20;

let broker: AdministeredBroker;
let certs: EdgeCerts;
let tlsPort: number;
const clients: MqttClient[] = [];

beforeAll(async () => {
  certs = EdgeCerts.make();
  tlsPort = await freePort();
  const files = `keyfile = "${certs.path('server.key')}", certfile = "${certs.path('server.pem')}"`;
  const secure = `listeners.ssl { bind = "127.0.0.1:${tlsPort}", ${files}, cacertfile = "${certs.path('ca.pem')}" }`;
  broker = await startPool(`mqtt.sys_interval = 1s\n${secure}`);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
});
afterAll(async () => {
  await broker?.stop();
  certs.remove();
});

async function client(clientId: string, options: IClientOptions = {}, url = broker.url): Promise<MqttClient> {
  const made = await connectAsync(url, { clientId, protocolVersion: 5, reconnectPeriod: 0, ...options });
  clients.push(made);
  return made;
}

/** Clients that are certainly not all on one shard. */
async function crowdOnSeveralShards(prefix: string): Promise<MqttClient[]> {
  const crowd: MqttClient[] = [];
  for (let round = 0; round < MOST_CROWDS; round++) {
    crowd.push(...(await Promise.all(names(`${prefix}-${round}`).map((name) => client(name)))));
    const byShard = await metricOf(broker, 'nanomq_connections_by_shard');
    if ([...byShard.values()].filter((count) => count > 0).length > 1) return crowd;
  }
  throw new Error(`${crowd.length} clients are all on one shard`);
}

/** Texts of what comes, as `topic payload`. */
function inboxOf(receiver: MqttClient): string[] {
  const inbox: string[] = [];
  receiver.on('message', (topic, payload) => inbox.push(`${topic} ${payload}`));
  return inbox;
}

const names = (prefix: string, count = CROWD) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

describe('messages', () => {
  it.each([0, 1, 2] as const)('QoS %i reaches every subscriber once and in order, whichever shards', async (qos) => {
    const subscribers = await Promise.all(names(`sub${qos}`).map((name) => client(name)));
    const inboxes = subscribers.map(inboxOf);
    await Promise.all(subscribers.map((each) => each.subscribeAsync(`m${qos}/#`, { qos })));
    const publishers = await Promise.all(names(`pub${qos}`, 4).map((name) => client(name)));
    const texts = names('', 50);
    await Promise.all(
      publishers.map(async (publisher, p) => {
        for (const text of texts) await publisher.publishAsync(`m${qos}/${p}`, text, { qos });
      }),
    );
    for (const inbox of inboxes) {
      await expect.poll(() => inbox.length).toBe(4 * texts.length);
      for (const p of publishers.keys()) {
        const expected = texts.map((text) => `m${qos}/${p} ${text}`);
        expect(inbox.filter((line) => line.startsWith(`m${qos}/${p} `))).toEqual(expected);
      }
    }
  });

  it('each goes to one member of a shared subscription', async () => {
    const members = await Promise.all(names('member').map((name) => client(name)));
    const inboxes = members.map(inboxOf);
    await Promise.all(members.map((each) => each.subscribeAsync('$share/g/shared', { qos: 1 })));
    const publisher = await client('publisher');
    const texts = names('', 96);
    for (const text of texts) await publisher.publishAsync('shared', text, { qos: 1 });
    await expect.poll(() => inboxes.flat().length).toBe(texts.length);
    expect(new Set(inboxes.flat()).size).toBe(texts.length);
    expect(inboxes.filter((inbox) => inbox.length > 0)).toHaveLength(CROWD);
  });

  it('mosquitto clients of every version meet', async () => {
    const all = ['31', '311', '5'].map((version) => new MosquittoClients(broker.port, version));
    const subscribers = await Promise.all(
      all.flatMap((each) => [each.subscribe('-t', 'mosq/#', '-q', '2'), each.subscribe('-t', 'mosq/+', '-q', '1')]),
    );
    for (const [i, each] of all.entries()) await each.publish('-t', `mosq/${i}`, '-m', 'hi', '-q', '2');
    for (const subscriber of subscribers) {
      const came = [await subscriber.next(), await subscriber.next(), await subscriber.next()];
      expect(came.map(({ topic }) => topic).sort()).toEqual(['mosq/0', 'mosq/1', 'mosq/2']);
    }
    await Promise.all(all.map((each) => each.close()));
  });

  it('a retained message is there on every shard, and gone on every shard', async () => {
    const publisher = await client('keeper');
    await publisher.publishAsync('kept', 'x', { qos: 1, retain: true });
    const early = await Promise.all(names('early').map((name) => client(name)));
    const inboxes = early.map(inboxOf);
    await Promise.all(early.map((each) => each.subscribeAsync('kept')));
    for (const inbox of inboxes) await expect.poll(() => inbox).toEqual(['kept x']);
    expect((await broker.call('DELETE', '/api/v4/retained/kept')).status).toBe(200);
    const late = await Promise.all(names('late').map((name) => client(name)));
    const empty = late.map(inboxOf);
    await Promise.all(late.map((each) => each.subscribeAsync('kept')));
    await Promise.all(late.map((each, i) => each.publishAsync(`flush/${i}`, '', { qos: 1 })));
    expect(empty.flat()).toEqual([]);
  });
});

describe('one client identifier', () => {
  it('lives once: each connection ends the one before, and the session goes on', async () => {
    const options = { clean: false, properties: { sessionExpiryInterval: 100 } };
    const publisher = await client('teller');
    let expected = 0;
    let before = await client('wanderer', options);
    await before.subscribeAsync('told', { qos: 1 });
    for (let i = 0; i < CROWD; i++) {
      await publisher.publishAsync('told', String(expected), { qos: 1 });
      await expect.poll(() => before.getLastMessageId()).toBeDefined();
      const reason = new Promise((resolve) => before.once('disconnect', ({ reasonCode }) => resolve(reasonCode)));
      const now = await client('wanderer', options);
      expect(await reason).toBe(0x8e);
      expected++;
      before = now;
    }
    const inbox = inboxOf(before);
    await publisher.publishAsync('told', 'last', { qos: 1 });
    await expect.poll(() => inbox.at(-1)).toBe('told last');
    const rows = await dataOf<readonly { client_id: string }[]>(broker, 'clients');
    expect(rows.filter(({ client_id }) => client_id === 'wanderer')).toHaveLength(1);
  });

  it('what came while it was away waits, wherever it comes back', async () => {
    const options = { clean: false, properties: { sessionExpiryInterval: 100 } };
    const publisher = await client('sender');
    const first = await client('sleeper', options);
    await first.subscribeAsync('post', { qos: 2 });
    for (let round = 0; round < CROWD / 2; round++) {
      await Promise.all(clients.splice(clients.indexOf(clients.at(-1) as MqttClient), 1).map((c) => c.endAsync()));
      const texts = names(`round${round}`, 5);
      for (const text of texts) await publisher.publishAsync('post', text, { qos: 2 });
      const inbox: string[] = [];
      const again = await connectAsync(broker.url, {
        clientId: 'sleeper',
        protocolVersion: 5,
        reconnectPeriod: 0,
        ...options,
        customHandleAcks: (_topic, payload, _packet, done) => {
          inbox.push(String(payload));
          done(0);
        },
      });
      clients.push(again);
      await expect.poll(() => inbox).toEqual(texts);
    }
  });
});

describe('administration', () => {
  it('lists the clients of all shards, and disconnects any of them', async () => {
    const crowd = await crowdOnSeveralShards('listed');
    const listed = async () => {
      const rows = await dataOf<readonly { client_id: string }[]>(broker, 'clients');
      return rows.map(({ client_id }) => client_id).filter((name) => name.startsWith('listed-'));
    };
    const ids = crowd.map(({ options }) => options.clientId as string);
    expect((await listed()).sort()).toEqual([...ids].sort());
    const reasons = crowd.map(
      (each) => new Promise((resolve) => each.once('disconnect', ({ reasonCode }) => resolve(reasonCode))),
    );
    for (const name of ids) {
      expect((await broker.call('DELETE', `/api/v4/clients/${name}`)).status).toBe(200);
    }
    expect(new Set(await Promise.all(reasons))).toEqual(new Set([0x98]));
    expect(await listed()).toEqual([]);
  });

  it('shows each listener once, with the connections of all shards and its certificate', async () => {
    const url = `mqtts://localhost:${tlsPort}`;
    const secure = names('secure', 8);
    await Promise.all(names('plain').map((name) => client(name)));
    await Promise.all(secure.map((name) => client(name, { ca: certs.read('ca.pem') }, url)));
    const subject = expect.stringContaining('CN=');
    await expect
      .poll(() => dataOf(broker, 'listeners'))
      .toMatchObject([
        { name: 'tcp:default', connections: CROWD },
        { name: 'ssl:default', connections: secure.length, certificate: { subject } },
      ]);
    expect(await metricOf(broker, 'nanomq_certificate_days')).toEqual(
      new Map([['{listener="ssl:default"}', expect.any(Number)]]),
    );
    expect(await metricOf(broker, 'nanomq_network_connections')).toEqual(
      new Map([
        ['{listener="tcp:default"}', CROWD],
        ['{listener="ssl:default"}', secure.length],
      ]),
    );
  });

  it('figures and $SYS topics are of all shards', async () => {
    const crowd = await Promise.all(names('counted').map((name) => client(name)));
    await Promise.all(crowd.map((each) => each.subscribeAsync('counted/#')));
    const watcher = await client('watcher');
    const inbox = inboxOf(watcher);
    await watcher.subscribeAsync('$SYS/brokers/connections/count');
    await expect.poll(() => inbox.at(-1), { timeout: 5000 }).toBe(`$SYS/brokers/connections/count ${CROWD + 1}`);
    expect(await metricOf(broker, 'nanomq_connections')).toEqual(new Map([['', CROWD + 1]]));
    expect(await metricOf(broker, 'nanomq_shards')).toEqual(new Map([['', SHARDS]]));
  });
});
