import { describe, expect, it } from 'vitest';
import { docsPage } from '../../src/openapi/docs-page.ts';
import { escapeHtml, paragraph } from '../../src/openapi/html-text.ts';
import type { OpenApiDocument } from '../../src/openapi/openapi-types.ts';
import { AdminHarness } from '../support/admin-harness.ts';

const EVIL = `<script>alert("1")</script>&'`;
const SAFE = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;';

/** A document whose every text would be markup. */
const evil: OpenApiDocument = {
  openapi: '3.1.0',
  info: { title: EVIL, version: EVIL, description: EVIL },
  tags: [{ name: EVIL, description: EVIL }],
  security: [],
  paths: {
    [EVIL]: {
      [EVIL]: {
        operationId: EVIL,
        tags: [EVIL],
        summary: EVIL,
        parameters: [{ name: EVIL, in: 'query', required: true, description: EVIL, schema: {} }],
        requestBody: { required: true, content: { [EVIL]: { schema: { title: EVIL } } } },
        responses: {
          '200': { description: EVIL, content: { [EVIL]: { schema: { title: EVIL } } } },
          '404': { description: EVIL },
        },
      },
    },
  },
  components: { schemas: {}, securitySchemes: {} },
};

describe('the page', () => {
  it('shows every text as text', () => {
    const page = docsPage(evil);
    expect(page).not.toContain('<script');
    expect(page.split(SAFE).length).toBeGreaterThan(10);
    expect(page.match(/id="[^"]*"/g)?.every((id) => /^id="[a-z0-9-]*"$/.test(id))).toBe(true);
  });

  it('stands in the browser without anything from elsewhere, and has every operation', async () => {
    const harness = await AdminHarness.open();
    const { headers, text } = await harness.call({ method: 'GET', path: '/api/docs' });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).not.toMatch(/<(?:script|link|img|iframe|object|embed)\b|\bsrc=|@import|url\(|https?:/i);
    const hrefs = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(hrefs.every((href) => href?.startsWith('#') || href === 'openapi.json')).toBe(true);
    const { paths } = JSON.parse((await harness.call({ method: 'GET', path: '/api/openapi.json' })).text);
    for (const path of Object.keys(paths)) expect(text).toContain(`<code>${escapeHtml(path)}</code>`);
  });

  it('shows what stands between backquotes as code, in tables too', async () => {
    const harness = await AdminHarness.open();
    const { text } = await harness.call({ method: 'GET', path: '/api/docs' });
    expect(text).toContain('<td>page to show, from 1; with <code>limit</code> alone the first</td>');
  });

  it('closes what it opens', async () => {
    const harness = await AdminHarness.open();
    const { text } = await harness.call({ method: 'GET', path: '/api/docs' });
    for (const tag of ['section', 'table', 'tr', 'td', 'details', 'summary', 'pre', 'p', 'code', 'h2', 'h3', 'body']) {
      const opened = text.match(new RegExp(`<${tag}[ >]`, 'g'))?.length;
      expect([tag, text.match(new RegExp(`</${tag}>`, 'g'))?.length]).toEqual([tag, opened]);
    }
  });
});

it('code stands between backquotes, escaped too', () => {
  expect(paragraph('a `<b>` c')).toBe('<p>a <code>&lt;b&gt;</code> c</p>');
});
