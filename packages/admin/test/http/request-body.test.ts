import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AdminHarness, basic, eventually } from '../support/admin-harness.ts';
import { RawHttp } from '../support/raw-http.ts';

const HEAD = `POST /api/v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${basic('admin:public')}\r\n`;

/** A request of exactly so many bytes. */
function padded(bytes: number): string {
  const empty = JSON.stringify({ req: 2, seq: 7, pad: '' });
  return JSON.stringify({ req: 2, seq: 7, pad: 'x'.repeat(bytes - empty.length) });
}

async function rawReply(harness: AdminHarness, text: string): Promise<{ status: number; body: { code: number } }> {
  const raw = new RawHttp(harness.port);
  raw.send(text);
  const [head = '', body = ''] = (await raw.untilClosed()).split('\r\n\r\n');
  expect(head.toLowerCase()).toContain('content-type: application/json');
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
}

describe('max_body', () => {
  it.each([{}, { 'transfer-encoding': 'chunked' }])(
    'as many bytes as allowed are taken, one more is 413 (%j)',
    async (headers) => {
      const harness = await AdminHarness.open({ maxBodyBytes: 1000 });
      expect((await harness.call({ body: padded(1000), headers })).status).toBe(200);
      const reply = await harness.json({ body: padded(1001), headers });
      expect([reply.status, reply.body]).toEqual([
        413,
        { code: 108, msg: 'the body is larger than http_server.max_body (1000 bytes)' },
      ]);
    },
  );

  it.each([{}, { 'transfer-encoding': 'chunked' }])(
    'a caller of many megabytes gets to read its 413 (%j)',
    async (headers) => {
      const harness = await AdminHarness.open({ maxBodyBytes: 1000 });
      expect((await harness.call({ body: padded(8_000_000), headers })).status).toBe(413);
    },
  );

  it('a caller that waits for 100 Continue is not asked for more than is taken', async () => {
    const harness = await AdminHarness.open({ maxBodyBytes: 1000 });
    const raw = new RawHttp(harness.port);
    raw.send(`${HEAD}Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n`);
    await eventually(() => raw.text).toMatch(/^HTTP\/1.1 413 /);
    raw.socket.destroy();
    const small = new RawHttp(harness.port);
    small.send(`${HEAD}Expect: 100-continue\r\nContent-Length: 17\r\n\r\n`);
    await eventually(() => small.text).toMatch(/^HTTP\/1.1 100 Continue/);
    small.send('{"req":2,"seq":7}');
    expect(await small.untilClosed()).toContain('"code":0');
  });

  it('update changes it', async () => {
    const harness = await AdminHarness.open();
    harness.server.update({ ...harness.options, maxBodyBytes: 100 });
    expect((await harness.call({ body: padded(101) })).status).toBe(413);
  });
});

describe('bodies that are not what they say', () => {
  it.each([
    ['two lengths that differ', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1'],
    ['a length that is no number', 'Content-Length: five\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['a list of lengths', 'Content-Length: 2, 2\r\n\r\n{}'],
    ['a length beyond 64 bits', 'Content-Length: 99999999999999999999\r\n\r\n'],
    ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ])('%s: 400 or 413 as JSON, and the connection is closed', async (_, rest) => {
    const harness = await AdminHarness.open();
    const { status, body } = await rawReply(harness, HEAD + rest);
    expect([400, 413]).toContain(status);
    expect(body.code).toBe(108);
  });

  it('a body that ends early is answered to nobody and harms nobody', async () => {
    const harness = await AdminHarness.open({ maxConcurrentRequests: 1 });
    const raw = new RawHttp(harness.port);
    raw.send(`${HEAD}Content-Length: 100\r\n\r\n{"req":10,`);
    await new Promise((resolve) => raw.socket.once('connect', resolve));
    raw.socket.destroy();
    expect((await harness.call({ body: { req: 2, seq: 1 } })).status).toBe(200);
    expect(harness.lines).toEqual([]);
  });

  it('a compressed body is 415', async () => {
    const harness = await AdminHarness.open();
    const body = gzipSync('{"req":2,"seq":1}');
    const reply = await harness.json({ body, headers: { 'content-encoding': 'gzip' } });
    expect([reply.status, reply.body.code]).toEqual([415, 108]);
    expect(
      (await harness.call({ body: '{"req":2,"seq":1}', headers: { 'content-encoding': 'identity' } })).status,
    ).toBe(200);
  });
});

describe('what is no request', () => {
  it('is 400 as JSON', async () => {
    const harness = await AdminHarness.open();
    const { status, body } = await rawReply(harness, 'GARBAGE\r\n\r\n');
    expect([status, body]).toEqual([400, { code: 108, msg: 'the HTTP request is not well formed' }]);
  });

  it('headers that are too large are 431', async () => {
    const harness = await AdminHarness.open();
    const { status } = await rawReply(harness, `${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(status).toBe(431);
  });

  it.each(['/%', '/api/v4/clients/%zz', '/api/v1/%c3%28', '/api/v4/clients/%E0%A4%A'])(
    'the path %s is 400/108',
    async (path) => {
      const harness = await AdminHarness.open();
      const { status, body } = await harness.json({ path, body: { req: 2, seq: 1 } });
      expect([status, body]).toEqual([400, { code: 108, msg: 'path: malformed percent-encoding' }]);
    },
  );
});
