import { setTimeout as wait } from 'node:timers/promises';
import { connectAsync, type IDisconnectPacket, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdministeredBroker, startAdministered } from './administered-broker.ts';
import { endingOf } from './started-broker.ts';

/** Longer than any of it takes on a busy machine. */
const PATIENCE_MS = 10_000;

let broker: AdministeredBroker;
const clients: MqttClient[] = [];

async function connect(protocolVersion: 4 | 5 = 5): Promise<MqttClient> {
  const client = await connectAsync(broker.url, { reconnectPeriod: 0, protocolVersion });
  clients.push(client);
  return client;
}

function disconnectOf(client: MqttClient): Promise<number | undefined> {
  return new Promise((resolve) => {
    client.once('disconnect', ({ reasonCode }: IDisconnectPacket) => resolve(reasonCode));
  });
}

/** Waits until what the broker has printed matches. */
const printed = (text: RegExp) => expect.poll(() => broker.printed(), { timeout: PATIENCE_MS }).toMatch(text);

beforeEach(async () => {
  broker = await startAdministered('log.level = info\n');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  if (broker.process.exitCode === null) await broker.stop();
});

describe('reload', () => {
  const queueLimit = async () => ((await broker.v1({ req: 11 })).data as { msq_len: number }).msq_len;

  it('nanomq reload: the report; what can be applied holds', async () => {
    await broker.writeText(`${await broker.readText()}mqtt { max_mqueue_len = 77, max_topic_alias = 3 }\n`);
    const { code, stdout } = await broker.nanomq('reload');
    expect(code).toBe(0);
    expect(stdout).toBe(
      `reloaded ${broker.file}\napplied: mqtt.max_mqueue_len\nneeds a restart: mqtt.max_topic_alias\n`,
    );
    expect(await queueLimit()).toBe(77);
    expect((await broker.nanomq('status')).stdout).toContain('waiting for a restart: mqtt.max_topic_alias');
  });

  it('a file with errors keeps the old configuration; each error has its place', async () => {
    const client = await connect();
    const before = await queueLimit();
    await broker.writeText(`${await broker.readText()}mqtt {\n  max_mqueue_len = 77\n  retry_interval = soon\n}\n`);
    const { code, stdout, stderr } = await broker.nanomq('reload');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^nanomq\.conf:7:\d+: mqtt\.retry_interval: .*\[VALUE_INVALID\]\n$/);
    expect(await queueLimit()).toBe(before);
    await client.publishAsync('a', 'x', { qos: 1 });
  });

  it('SIGHUP does the same', async () => {
    await broker.writeText(`${await broker.readText()}mqtt.max_mqueue_len = 78\n`);
    broker.process.kill('SIGHUP');
    await printed(/"applied":\["mqtt\.max_mqueue_len"\].*the configuration was read again/);
    expect(await queueLimit()).toBe(78);
    await broker.writeText('mqtt {');
    broker.process.kill('SIGHUP');
    await printed(/reload refused, the configuration in use goes on/);
    expect(await queueLimit()).toBe(78);
  });
});

describe('restart', () => {
  it.each([
    ['nanomq restart', () => broker.nanomq('restart')],
    ['v1 req 10', () => broker.v1({ req: 10, action: 'restart' })],
    ['v4 ctrl', () => broker.call('POST', '/api/v4/ctrl/restart')],
  ])('%s: clients get 0x8B, the file as it is now holds, the process stays', async (_, order) => {
    const [five, three] = [await connect(5), await connect(4)];
    const told = disconnectOf(five);
    const closed = new Promise<void>((resolve) => three.once('close', () => resolve()));
    await broker.writeText(`${await broker.readText()}mqtt.max_topic_alias = 3\n`);
    await order();
    expect(await told).toBe(0x8b);
    await closed;
    await printed(/the broker restarts[\s\S]*accepts MQTT/);
    const again = await connect(5);
    await again.publishAsync('a', 'x', { qos: 1 });
    const { stdout } = await broker.nanomq('status');
    expect(stdout).toContain(`pid ${broker.process.pid},`);
    expect(stdout).not.toContain('waiting');
    expect(broker.process.exitCode).toBeNull();
  });

  it('with a file that is wrong: refused, and nobody is disconnected', async () => {
    const client = await connect();
    await broker.writeText('mqtt {');
    const { code, stderr } = await broker.nanomq('restart');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^nanomq\.conf:1:\d+: /)]);
    await client.publishAsync('a', 'x', { qos: 1 });
  });

  it('with a listener that cannot be opened: back to the configuration before, and the log says why', async () => {
    const text = await broker.readText();
    await broker.writeText(text.replace(String(broker.port), String(broker.httpPort)));
    // The address of the HTTP API is taken by itself: MQTT comes first and gets it, so the API cannot be opened.
    const { code, stderr } = await broker.nanomq('restart');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the HTTP API (http_server) cannot be opened')]);
    expect(broker.printed()).toMatch(/the address is in use.*the configuration before it is used again/);
    await (await connect()).publishAsync('a', 'x', { qos: 1 });
    expect((await broker.v1({ req: 2 })).data).toBeDefined();
  });
});

describe('stop', () => {
  it.each([
    ['nanomq stop', () => broker.nanomq('stop')],
    ['v1 req 10', () => broker.v1({ req: 10, action: 'stop' })],
    ['v4 ctrl', () => broker.call('POST', '/api/v4/ctrl/stop')],
  ])('%s: clients get 0x8B, exit code 0', async (_, order) => {
    const told = disconnectOf(await connect());
    await order();
    expect(await told).toBe(0x8b);
    expect(await endingOf(broker.process)).toEqual({ code: 0, signal: null });
    expect(await broker.nanomq('status')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no broker runs with'),
    });
  });

  it('nanomq stop comes back when the broker has ended', async () => {
    const { code, stdout } = await broker.nanomq('stop');
    expect([code, stdout]).toEqual([0, `the broker (pid ${broker.process.pid}) has stopped\n`]);
    expect(await Promise.race([endingOf(broker.process), wait(PATIENCE_MS, 'still there')])).toMatchObject({ code: 0 });
  });
});
