import { expect, it } from 'vitest';
import type { Arrival } from '../../src/entry/arrival.ts';
import { Refusal } from '../../src/entry/refusal.ts';
import { readProxyHeader } from '../../src/proxy/read-proxy-header.ts';
import { TrustedSources } from '../../src/proxy/trusted-sources.ts';

it.each([
  ['is gone before it was accepted has closed the connection', '', 'closed'],
  ['is there is trusted or not', '10.0.0.1', 'proxyUntrusted'],
])('who %s', async (_, remoteAddress, reason) => {
  const arrival = { remoteAddress } as Arrival;
  expect(await readProxyHeader(arrival, new TrustedSources(['127.0.0.1']))).toEqual(new Refusal(reason as 'closed'));
});
