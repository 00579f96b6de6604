import { expect, it } from 'vitest';
import { placeholdersFor } from '../../src/http/http-client-facts.ts';
import { connectRequest, peerCertificate } from '../connect-request.ts';

const portOf = (listener: string) => (listener === 'tcp:default' ? 1883 : undefined);

it('placeholders stand for what is known of the client', () => {
  const facts = { username: 'sent', password: 'p', peerCertificate: peerCertificate('meter-7', 'CN=meter-7') };
  expect(placeholdersFor(connectRequest(facts), 'acts as', portOf)).toEqual({
    u: 'acts as',
    c: 'c1',
    P: Buffer.from('p'),
    a: '192.0.2.7',
    p: '1883',
    C: 'meter-7',
    d: 'CN=meter-7',
    r: 'MQTT',
  });
});

it('what is not known stands for nothing', () => {
  const request = connectRequest({ protocolVersion: 3, remoteAddress: '', listener: 'unix:a' });
  expect(placeholdersFor(request, undefined, portOf)).toEqual({ c: 'c1', r: 'MQIsdp' });
  const nameless = connectRequest({ peerCertificate: peerCertificate(null, 'O=Example') });
  expect(placeholdersFor(nameless, undefined, portOf)).toMatchObject({ C: undefined, d: 'O=Example' });
});
