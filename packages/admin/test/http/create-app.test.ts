import { describe, expect, it } from 'vitest';
import { AdminHarness, type Call } from '../support/admin-harness.ts';
import { listenerView } from '../support/fake-parts.ts';

const MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>';

/** A broker whose every name is markup. */
async function markedUp(): Promise<AdminHarness> {
  const harness = await AdminHarness.open();
  const { users, bans, listeners } = harness.parts;
  harness.admin.addClient({ clientId: MARKUP, username: MARKUP }, [MARKUP, 0]);
  users.passwords.set(MARKUP, MARKUP);
  bans.rows.push({ kind: 'clientid', value: MARKUP, reason: MARKUP, untilMs: null });
  const { certificate } = listenerView();
  listeners.rows = [
    listenerView({ name: MARKUP, certificate: certificate && { ...certificate, subject: `CN=${MARKUP}` } }),
  ];
  return harness;
}

const CALLS: readonly Call[] = [
  { body: { req: 4, seq: 1 } },
  { body: { req: 5, seq: 1 } },
  { method: 'GET', path: '/api/v4/clients' },
  { method: 'GET', path: `/api/v4/clients/${encodeURIComponent(MARKUP)}` },
  { method: 'GET', path: '/api/v4/listeners' },
  { method: 'GET', path: '/api/v4/users' },
  { method: 'GET', path: '/api/v4/bans' },
  { method: 'DELETE', path: `/api/v4/users/${encodeURIComponent(`${MARKUP}x`)}` },
  { method: 'GET', path: `/${encodeURIComponent(MARKUP)}` },
  { method: 'GET', path: '/metrics' },
  { auth: 'admin:wrong', body: { req: 5, seq: 1 } },
];

describe('what a browser gets', () => {
  it.each(CALLS)(
    '$method $path: a name with markup is never taken for a page [CVE-2020-13821, CVE-2026-66077]',
    async (call) => {
      const { headers, text } = await (await markedUp()).call(call);
      expect(headers['content-type']).toMatch(/^(?:application\/json|text\/plain);/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(text.includes('<script>') && String(headers['content-type']).startsWith('text/html')).toBe(false);
    },
  );

  it('the one page there is shows nothing of the broker and runs no script', async () => {
    const { headers, text } = await (await markedUp()).call({ method: 'GET', path: '/api/docs' });
    expect(headers['content-type']).toMatch(/^text\/html;/);
    expect(text).not.toMatch(/<script|onerror|src=/);
  });

  it.each(CALLS)('$method $path: no credentials in a cookie [CVE-2026-67236]', async (call) => {
    expect((await (await markedUp()).call(call)).headers['set-cookie']).toBeUndefined();
  });
});
