import { describe, expect, it } from 'vitest';
import type { HttpRequestSettings } from '../../src/auth-settings.ts';
import { QuestionTemplate } from '../../src/http/http-question.ts';

function template(settings: Partial<HttpRequestSettings> = {}): QuestionTemplate {
  return new QuestionTemplate({ url: 'http://127.0.0.1:8/auth', method: 'POST', headers: {}, params: {}, ...settings });
}

const PARAMS = { clientid: '%c', username: '%u', password: '%P' };
const VALUES = { c: 'c1', u: 'ü&x=1', P: Buffer.from('p+q r') };

describe('a question to a server', () => {
  it('is a form by default, in which no value becomes a second parameter', () => {
    const { method, headers, body, url } = template({ params: PARAMS }).fill(VALUES);
    expect([method, url.href]).toEqual(['POST', 'http://127.0.0.1:8/auth']);
    expect(headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' });
    expect(body).toBe('clientid=c1&username=%C3%BC%26x%3D1&password=p%2Bq+r');
    expect([...new URLSearchParams(body ?? '')]).toEqual([
      ['clientid', 'c1'],
      ['username', 'ü&x=1'],
      ['password', 'p+q r'],
    ]);
  });

  it.each(['application/json', 'Application/JSON; charset=utf-8'])('is JSON with the header %s', (type) => {
    const { headers, body } = template({ params: PARAMS, headers: { 'Content-Type': type } }).fill({ c: '"},{' });
    expect(headers).toEqual({ 'Content-Type': type });
    expect(body).toBe('{"clientid":"\\"},{"}');
  });

  it('is a query string with GET, behind that of the URL', () => {
    const settings = { url: 'http://127.0.0.1:8/auth?site=1', method: 'GET', params: PARAMS } as const;
    const { url, headers, body } = template(settings).fill({ c: 'a&b#c' });
    expect([url.href, headers, body]).toEqual(['http://127.0.0.1:8/auth?site=1&clientid=a%26b%23c', {}, null]);
  });

  it('has values in the midst of text, leaves out what is not known, and fills nothing twice', () => {
    const params = { a: 'x-%c-%u-y', b: '%m', c: 'plain', d: '', e: '%t' };
    const { body } = template({ params }).fill({ c: '%u', u: '%P', P: 'secret' });
    expect(body).toBe('a=x-%25u-%25P-y&c=plain&d=');
  });

  it('has every placeholder of NanoMQ', () => {
    const letters = [...'ucPapCdrAt'];
    const params = Object.fromEntries(letters.map((letter) => [letter, `%${letter}`]));
    const values = Object.fromEntries(letters.map((letter) => [letter, `v${letter}`]));
    expect(template({ params }).fill(values).body).toBe(letters.map((letter) => `${letter}=v${letter}`).join('&'));
  });

  it('knows whether it sends the password', () => {
    expect(template({ params: PARAMS }).usesPassword).toBe(true);
    expect(template({ params: { u: '%u' } }).usesPassword).toBe(false);
  });

  it.each([
    ['no URL', { url: 'canary' }, 'the URL is not valid'],
    ['another scheme', { url: 'file:///canary' }, 'the URL is neither http nor https'],
    ['a placeholder that is not known', { params: { a: '%x' } }, 'parameter "a" has a placeholder that is not known'],
    ['a % at the end', { params: { a: 'canary%' } }, 'parameter "a" has a placeholder that is not known'],
  ])('with %s is refused', (_, settings, text) => {
    expect(() => template(settings)).toThrow(`a request of the HTTP authentication is not valid: ${text}`);
    expect(() => template(settings)).not.toThrow(/canary/);
  });
});
