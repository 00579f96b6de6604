import { describe, expect, it } from 'vitest';
import { v1ReplySchemas } from '../../src/v1/v1-schemas.ts';
import { AdminHarness } from '../support/admin-harness.ts';

/** What a client may call itself, and more. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"; }],"code":102,"x":"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution of HOCON, were it not text
  '${HOME} ${?PATH} include "/etc/passwd"',
  'line\nfeed\r\ttab',
  '\u0000\u0001\u001f\u007f\u0085',
  '\u2028\u2029\ufeff',
  '\\u0022\\',
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '😀 ünïcode \u202e',
  '%00%2e%2e/%c0%af',
];

describe('strings that mean something elsewhere come back as they are', () => {
  it('client identifiers, user names and filters of req 4, 5 and 13', async () => {
    const harness = await AdminHarness.open();
    for (const text of HOSTILE) harness.admin.addClient({ clientId: text, username: text }, [text, 1]);
    harness.admin.tree = [HOSTILE.map((text) => ({ level: text, childCount: 0, clientIds: [text] }))];
    const subscriptions = v1ReplySchemas[4].parse((await harness.json({ body: { req: 4, seq: 1 } })).body);
    expect(subscriptions.data.map((row) => [row.client_id, row.subscriptions[0]?.topic])).toEqual(
      HOSTILE.map((text) => [text, text]),
    );
    const clients = v1ReplySchemas[5].parse((await harness.json({ body: { req: 5, seq: 1 } })).body);
    expect(clients.data.map((row) => [row.client_id, row.username])).toEqual(HOSTILE.map((text) => [text, text]));
    const tree = v1ReplySchemas[13].parse((await harness.json({ body: { req: 13, seq: 1 } })).body);
    expect(tree.data[0]?.map((node) => [node.topic, node.client_id?.[0]])).toEqual(HOSTILE.map((text) => [text, text]));
  });

  it.each(HOSTILE)('%j set by req 12 is shown by req 11', async (text) => {
    const harness = await AdminHarness.open();
    const data = {
      http_server: { username: text, password: text },
      bridge: {
        clientid: text,
        username: text,
        password: text,
        forwards: [text],
        subscription: [{ topic: text, qos: 2 }],
      },
    };
    expect((await harness.json({ body: { req: 12, seq: 1, data } })).body).toEqual({ code: 0, seq: 1, rep: 12 });
    const shown = v1ReplySchemas[11].parse((await harness.json({ body: { req: 11, seq: 2 } })).body).data;
    expect(shown).toMatchObject(data);
    // Each value goes to the configuration as a value of its own, never inside of a path.
    for (const { path } of harness.config.changes.flat()) expect(path.join('.')).not.toContain(text);
  });

  it('half a surrogate pair cannot be written to a file: 400/108', async () => {
    const harness = await AdminHarness.open();
    const body = '{"req":12,"seq":1,"data":{"bridge":{"username":"\\ud800"}}}';
    const { status, body: reply } = await harness.json({ body });
    expect([status, reply.code, reply.msg]).toEqual([400, 108, 'data.bridge.username: not well-formed Unicode']);
    expect(harness.config.changes).toEqual([]);
  });

  it('hostile keys of the request change nothing', async () => {
    const harness = await AdminHarness.open();
    const bodies = [
      '{"req":2,"seq":1,"__proto__":{"code":5},"constructor":{"prototype":{"x":1}}}',
      '{"__proto__":{"req":10,"action":"stop"},"req":2,"seq":1}',
    ];
    for (const body of bodies) expect((await harness.json({ body })).body).toMatchObject({ code: 0, rep: 2 });
    const reply = await harness.json({ body: '{"req":12,"seq":1,"data":{"__proto__":{"url":"nmq-tcp://x"}}}' });
    expect([reply.status, reply.body.code]).toEqual([400, 108]);
    expect([harness.config.stops, harness.config.changes]).toEqual([0, []]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('a deeply nested body is refused or served, never a crash', async () => {
    const harness = await AdminHarness.open();
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const served = await harness.json({ body: `{"req":2,"seq":1,"x":${deep}}` });
    expect(served.body.code).toBe(0);
    const refused = await harness.json({ body: `{"req":12,"seq":1,"data":{"url":${deep}}}` });
    expect([refused.status, refused.body.code]).toEqual([400, 108]);
  });
});
