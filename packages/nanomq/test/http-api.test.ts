import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Broker, createBroker } from '../src/index.ts';
import { LOOPBACK_CONFIG, openBroker } from './embedded/opened-broker.ts';
import { RecordingLogger } from './embedded/recording-logger.ts';

const HTTP_CONFIG = `${LOOPBACK_CONFIG}\nhttp_server { port = 0 }\nmqtt.max_mqueue_len = 9`;

interface Answer {
  readonly status: number;
  readonly body: { readonly code: number; readonly data?: Record<string, unknown> };
}

/** One v1 request. @param login  `user:password` */
async function ask(broker: Broker, request: object, login = 'admin:public'): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${broker.httpAddress?.port}/api/v1`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}`, connection: 'close' },
    body: JSON.stringify({ seq: 1, ...request }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function openWithHttp(logger = new RecordingLogger()) {
  const opened = await openBroker({ config: HTTP_CONFIG, logger });
  return { ...opened, logger };
}

describe('the HTTP API of a broker', () => {
  it('is not there unless the configuration has the section', async () => {
    const { broker } = await openBroker();
    expect(broker.httpAddress).toBeNull();
  });

  it('listens on loopback while the login is that of the manual, and shows the live broker', async () => {
    const { broker, connect } = await openWithHttp();
    expect(broker.httpAddress?.host).toBe('127.0.0.1');
    await (await connect('somebody')).subscribe('a/#', 1);
    const { status, body } = await ask(broker, { req: 4 });
    expect(status).toBe(200);
    expect(body.data).toEqual([{ client_id: 'somebody', subscriptions: [{ topic: 'a/#', qos: 1 }] }]);
  });

  it('a limit that is set holds from the next packet on', async () => {
    const { broker, connect } = await openWithHttp();
    const client = await connect('c', 5);
    const properties = { userProperties: { a: '1', b: '2' } };
    client.publish('a', 'x', { qos: 1, properties });
    await client.next('puback');
    expect((await ask(broker, { req: 12, data: { property_size: 1 } })).body.code).toBe(0);
    expect((await ask(broker, { req: 11 })).body.data).toMatchObject({ property_size: 1 });
    client.publish('a', 'x', { qos: 1, properties });
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x97 });
  });

  it('anonymous clients are refused as soon as that is set', async () => {
    const { broker, open, connect } = await openWithHttp();
    await connect('before');
    expect((await ask(broker, { req: 12, data: { allow_anonymous: false } })).body.code).toBe(0);
    const { client } = await open();
    await expect(client.connect({ clientId: 'after' })).resolves.toMatchObject({ reasonCode: 0x86 });
  });

  it('a new login holds from the next request on', async () => {
    const { broker } = await openWithHttp();
    const login = { username: 'boss', password: 'pass: wörd' };
    expect((await ask(broker, { req: 12, data: { http_server: login } })).body.code).toBe(0);
    expect((await ask(broker, { req: 2 })).body.code).toBe(103);
    expect((await ask(broker, { req: 2 }, 'boss:pass: wörd')).body.code).toBe(0);
  });

  it('goes on with its key for tokens, whatever its file holds when something else changes', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'nanomq-http-'));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const file = join(cwd, 'admin.pub');
    writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
    const jwt = `auth_type = jwt, jwt { algorithm = EdDSA, public.keyfile = "${file}" }`;
    const { broker } = await openBroker({ config: `${LOOPBACK_CONFIG}\nhttp_server { port = 0, ${jwt} }` });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'EdDSA' })}.${part({ exp: 4_000_000_000, iss: 'admin.pub' })}`;
    const token = `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
    const change = async (data: object) => {
      const response = await fetch(`http://127.0.0.1:${broker.httpAddress?.port}/api/v1`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, connection: 'close' },
        body: JSON.stringify({ req: 12, seq: 1, data }),
      });
      return response.json();
    };
    writeFileSync(file, 'half a key');
    expect(await change({ property_size: 7 })).toMatchObject({ code: 0 });
    rmSync(file);
    expect(await change({ property_size: 8 })).toMatchObject({ code: 0 });
  });

  it('says so when the login goes back to that of the manual while everybody can reach it', async () => {
    const config = `${LOOPBACK_CONFIG}\nhttp_server { port = 0, password = own }`;
    const logger = new RecordingLogger();
    const { broker } = await openBroker({ config, logger });
    expect(broker.httpAddress?.host).toBe('0.0.0.0');
    await ask(broker, { req: 12, data: { http_server: { password: 'public' } } }, 'admin:own');
    const notice = 'warn the HTTP API keeps listening on 0.0.0.0 with the login of the manual until a restart';
    expect(logger.lines).toContain(notice);
  });

  it('a stop closes the broker, once the caller has its answer', async () => {
    const { broker, connect } = await openWithHttp();
    const client = await connect('c');
    expect((await ask(broker, { req: 10, action: 'stop' })).body.code).toBe(0);
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x8b });
    await broker.close();
  });

  it('a restart is left to the program, and the log says so', async () => {
    const { broker, logger, connect } = await openWithHttp();
    const client = await connect('c');
    expect((await ask(broker, { req: 10, action: 'restart' })).body.code).toBe(0);
    await client.ping();
    await expect.poll(() => logger.lines).toContainEqual(expect.stringMatching(/^warn a restart was asked for/));
  });

  it('ends with the broker', async () => {
    const { broker } = await openWithHttp();
    const address = broker.httpAddress;
    await broker.close();
    await expect(fetch(`http://127.0.0.1:${address?.port}/healthz`)).rejects.toThrow();
  });

  it('that cannot be opened: listen rejects with the cause', async () => {
    const { broker: other } = await openWithHttp();
    const config = `${LOOPBACK_CONFIG}\nhttp_server { port = ${other.httpAddress?.port} }`;
    const broker = await createBroker({ config });
    onTestFinished(() => broker.close());
    await expect(broker.listen()).rejects.toMatchObject({ code: 'HTTP_API_NOT_OPEN', cause: { code: 'EADDRINUSE' } });
  });

  it('that the end of the broker overtakes opens nothing', async () => {
    const broker = await createBroker({ config: HTTP_CONFIG });
    const listening = broker.listen();
    await broker.close();
    await expect(listening).rejects.toThrow('the broker is closed');
    expect(broker.httpAddress).toBeNull();
  });

  it('needs the text of the configuration', async () => {
    const { broker } = await openWithHttp();
    await expect(createBroker({ config: broker.config })).rejects.toThrow('takes its configuration as text');
  });
});
