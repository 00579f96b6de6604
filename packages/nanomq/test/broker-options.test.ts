import { describe, expect, it } from 'vitest';
import { LOOPBACK_CONFIG, openBroker } from './embedded/opened-broker.ts';

/** What a client is told that shows `password` for the user ann, or nothing. */
async function reasonOf(
  text: string,
  password: string | null,
  onAuthenticate: (() => number) | undefined,
): Promise<unknown> {
  const config = `${LOOPBACK_CONFIG}\n${text}`;
  const { open } = await openBroker({ config, ...(onAuthenticate !== undefined && { onAuthenticate }) });
  const { client } = await open();
  const credentials = password === null ? {} : { username: 'ann', password };
  return (await client.connect({ clientId: 'c', ...credentials })).reasonCode;
}

const CLOSED = 'auth.allow_anonymous = false';
const USERS = `${CLOSED}\nauth.password { ann = "pw" }`;

describe('who may enter an embedded broker', () => {
  it.each<[string, string, string | null, (() => number) | undefined, number]>([
    ['users of the configuration, without a hook', USERS, 'pw', undefined, 0],
    ['not with another password', USERS, 'no', undefined, 0x86],
    ['whom the hook admits, where the configuration knows nobody', CLOSED, 'any', () => 0, 0],
    ['strangers as well, if the hook admits them', CLOSED, null, () => 0, 0],
    ['not whom the hook refuses', CLOSED, 'any', () => 0x87, 0x87],
    ['whom both admit', USERS, 'pw', () => 0, 0],
    ['not whom the configuration refuses, whatever the hook says', USERS, 'no', () => 0, 0x86],
    ['not whom the hook refuses, whatever the configuration says', USERS, 'pw', () => 0x87, 0x87],
  ])('%s', async (_, text, password, hook, expected) => {
    expect(await reasonOf(text, password, hook)).toBe(expected);
  });

  it('rules of the configuration hold beside hooks', async () => {
    const config = `${LOOPBACK_CONFIG}\nauth.acl.rules = [{ permit = deny, topics = ["no/#"] }]`;
    const { connect } = await openBroker({ config, onAuthenticate: () => 0, onSubscribe: () => 0 });
    const client = await connect('c');
    expect((await client.subscribe('no/1')).granted).toEqual([0x87]);
    expect((await client.subscribe('yes')).granted).toEqual([0]);
  });
});
