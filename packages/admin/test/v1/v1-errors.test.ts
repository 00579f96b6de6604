import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ChangeRefused } from '../../src/ports/config-port.ts';
import { v1ErrorSchema } from '../../src/v1/v1-schemas.ts';
import { AdminHarness, type Call } from '../support/admin-harness.ts';

/** A request that would succeed, for each code. */
const GOOD = [
  { req: 2, seq: 7 },
  { req: 4, seq: 7 },
  { req: 5, seq: 7 },
  { req: 10, seq: 7, action: 'restart' },
  { req: 11, seq: 7 },
  { req: 12, seq: 7, data: { parallel: 8 } },
  { req: 13, seq: 7 },
] as const;

const SECRET = 'a secret of thirty-two characters';
const JWT = { authType: 'jwt', jwt: { algorithm: 'HS256', key: SECRET, issuer: 'i' } } as const;
const NOW_SECONDS = 1_700_000_000;

function token(claims: object): Record<string, string> {
  const text = [{ alg: 'HS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createHmac('sha256', SECRET).update(text).digest('base64url');
  return { authorization: `Bearer ${text}.${signature}` };
}

interface Row {
  readonly name: string;
  readonly call: Call;
  readonly status: number;
  readonly code: number;
  /** The body was read, so `seq` and `rep` come back. */
  readonly isEchoed: boolean;
}

const EXPIRED = token({ exp: NOW_SECONDS - 1, iss: 'i' });
const FOREIGN = token({ exp: NOW_SECONDS + 60, iss: 'other' });

const TOKENS: readonly Row[] = [
  { name: 'a token that has expired', call: { headers: EXPIRED }, status: 401, code: 116, isEchoed: true },
  { name: 'a token of another issuer', call: { headers: FOREIGN }, status: 401, code: 103, isEchoed: true },
  { name: 'no token', call: {}, status: 401, code: 104, isEchoed: true },
];

const REQUESTS: readonly Row[] = [
  { name: 'an unknown path', call: { path: '/api/v2' }, status: 404, code: 102, isEchoed: false },
  {
    name: 'a foreign web page',
    call: { headers: { origin: 'https://evil.example' } },
    status: 403,
    code: 108,
    isEchoed: false,
  },
  {
    name: 'a compressed body',
    call: { headers: { 'content-encoding': 'gzip' } },
    status: 415,
    code: 108,
    isEchoed: false,
  },
  {
    name: 'a body that is too large',
    call: { headers: { 'content-length': '1048577' } },
    status: 413,
    code: 108,
    isEchoed: false,
  },
  { name: 'a path that cannot be decoded', call: { path: '/api/v1/%zz' }, status: 400, code: 108, isEchoed: false },
];

async function expectRow(harness: AdminHarness, good: (typeof GOOD)[number], row: Row): Promise<void> {
  const { status, headers, text } = await harness.call({ body: good, ...row.call });
  const { msg, ...rest } = v1ErrorSchema.parse(JSON.parse(text));
  const echo = row.isEchoed ? { seq: 7, rep: good.req } : {};
  expect([status, rest]).toEqual([row.status, { code: row.code, ...echo }]);
  expect(msg).not.toBe('');
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect([harness.config.changes, harness.config.stops, harness.config.restarts]).toEqual([[], 0, 0]);
}

describe.each(GOOD)('req $req', (good) => {
  it.each(TOKENS)('$name is $status/$code', async (row) => {
    await expectRow(await AdminHarness.open(JWT), good, { ...row, call: { auth: null, ...row.call } });
  });

  it.each(REQUESTS)('$name is $status/$code', async (row) => {
    await expectRow(await AdminHarness.open(), good, row);
  });
});

describe('a fault that is not the caller’s is 500/102 with seq and rep', () => {
  it('req 11: the settings cannot be read', async () => {
    const harness = await AdminHarness.open();
    harness.config.settings = () => {
      throw new Error('boom');
    };
    const { status, body } = await harness.json({ body: GOOD[4] });
    expect([status, body]).toEqual([500, { code: 102, seq: 7, rep: 11, msg: 'an internal error, see the log' }]);
  });

  it('req 12: the file cannot be written', async () => {
    const harness = await AdminHarness.open();
    harness.config.refusal = new ChangeRefused('file', [{ path: '', text: 'the disk is full' }]);
    const { status, body } = await harness.json({ body: GOOD[5] });
    expect([status, body]).toEqual([500, { code: 102, seq: 7, rep: 12, msg: 'the disk is full' }]);
  });
});
