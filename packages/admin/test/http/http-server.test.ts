import type { RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CallerTimeouts, HttpServer } from '../../src/http/http-server.ts';
import { markLongLived } from '../../src/http/long-lived.ts';
import { AdminHarness, basic, eventually } from '../support/admin-harness.ts';
import { RawHttp } from '../support/raw-http.ts';

const PATIENT: CallerTimeouts = { headersMs: 60_000, requestMs: 60_000, checkMs: 20, idleMs: 60_000 };
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

async function open(app: RequestListener, timeouts: Partial<CallerTimeouts> = {}): Promise<[HttpServer, number]> {
  const server = new HttpServer(app, () => 1000, {}, { ...PATIENT, ...timeouts });
  const { port } = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close());
  return [server, port];
}

describe('slow callers', () => {
  it('one that does not finish its headers gets 408 and is cut', async () => {
    const [, port] = await open((_, response) => response.end(), { headersMs: 50, requestMs: 50 });
    const raw = new RawHttp(port);
    raw.send('GET / HTTP/1.1\r\nHost:');
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1.1 408 .*"code":108/s);
  });

  it('one that says nothing at all is cut', async () => {
    const [, port] = await open((_, response) => response.end(), { headersMs: 50, requestMs: 50 });
    expect(await new RawHttp(port).untilClosed()).toMatch(/^HTTP\/1.1 408 /);
  });

  it('one that does not finish its body gets 408 and is cut', async () => {
    const [, port] = await open((request, response) => request.resume().on('end', () => response.end()), {
      headersMs: 50,
      requestMs: 50,
    });
    const raw = new RawHttp(port);
    raw.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345');
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1.1 408 /);
  });

  it('one that does not read its reply is cut', async () => {
    let cut = (): void => {};
    const isCut = new Promise<void>((resolve) => {
      cut = resolve;
    });
    const [, port] = await open(
      (_, response) => {
        response.once('close', cut);
        response.write(Buffer.alloc(64 * 1024 * 1024));
      },
      { idleMs: 50 },
    );
    const raw = new RawHttp(port);
    raw.socket.pause();
    raw.send(GET);
    await isCut;
    raw.socket.destroy();
  });
});

describe('close', () => {
  it('ends a connection kept alive, and takes no new ones', async () => {
    const [server, port] = await open((_, response) => response.end('x'));
    const raw = new RawHttp(port);
    raw.send(GET);
    await eventually(() => raw.text).toContain('Connection: keep-alive');
    await server.close();
    await raw.untilClosed();
    expect(await new RawHttp(port).untilClosed()).toBe('');
  });

  it('lets a request be answered, and its connection ends with the answer', async () => {
    let answer = (): void => {};
    const [server, port] = await open((_, response) => {
      answer = () => response.end('late');
    });
    const raw = new RawHttp(port);
    raw.send(GET);
    await eventually(() => String(answer)).toContain('late');
    const closed = server.close();
    answer();
    await closed;
    const text = await raw.untilClosed();
    expect([text.includes('Connection: close'), text.endsWith('late')]).toEqual([true, true]);
  });

  it('ends long-lived replies', async () => {
    const [server, port] = await open((_, response) => {
      response.write('event');
      markLongLived(response);
    });
    const raw = new RawHttp(port);
    raw.send(GET);
    await eventually(() => raw.text).toContain('event');
    await server.close();
    // A last chunk of length 0: the reply is complete, not torn.
    expect(await raw.untilClosed()).toMatch(/0\r\n\r\n$/);
  });

  it('asked twice settles twice', async () => {
    const [server] = await open((_, response) => response.end());
    await Promise.all([server.close(), server.close()]);
  });

  it('of the whole API leaves nothing open', async () => {
    const harness = await AdminHarness.open();
    const raw = new RawHttp(harness.port);
    raw.send(
      `POST /api/v1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('admin:public')}\r\nContent-Length: 17\r\n\r\n`,
    );
    raw.send('{"req":2,"seq":7}');
    await eventually(() => raw.text).toContain('"code":0');
    await harness.server.close();
    await raw.untilClosed();
  });
});

it('a port in use rejects with the error of the system', async () => {
  const harness = await AdminHarness.open();
  await expect(AdminHarness.open({ port: harness.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
