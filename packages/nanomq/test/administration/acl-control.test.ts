import { expect, it } from 'vitest';
import { AclControl } from '../../src/administration/acl-control.ts';
import { openControl } from '../configuration/opened-control.ts';

const TEXT = `auth {
  no_match = deny
  acl.rules = [
    { permit = allow, clientid = c, topics = ["a/#"] }
    { permit = deny, username = u, action = publish, topics = ["b"] }
  ]
}
`;

// biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution of HOCON, were it not text
const HOSTILE = '${HOME} "x"';

const question = { clientId: 'c', username: undefined, remoteAddress: '', action: 'publish', topic: 'a/x' } as const;

it('names the rule, file and line; a reload is seen at once', async () => {
  const opened = openControl(TEXT);
  const acl = new AclControl(() => opened.current.accepted.config.auth);
  expect(await acl.places()).toEqual([
    { file: 'a.conf', line: 4 },
    { file: 'a.conf', line: 5 },
  ]);
  expect(await acl.explain(question)).toEqual({
    isAllowed: true,
    rule: {
      number: 1,
      place: { file: 'a.conf', line: 4 },
      text: '{"permit":"allow","action":"pubsub","clientid":"c","topics":["a/#"]}',
    },
    text: expect.stringContaining('rule 1 (a.conf:4)'),
  });
  expect(await acl.explain({ ...question, clientId: 'x', username: 'u', topic: 'b' })).toMatchObject({
    isAllowed: false,
    rule: { number: 2 },
  });
  expect(await acl.explain({ ...question, topic: 'other' })).toMatchObject({ isAllowed: false, rule: null });
  opened.write('auth.no_match = deny\n');
  await opened.control.reload();
  expect(await acl.places()).toEqual([]);
  expect(await acl.explain(question)).toMatchObject({ rule: null });
});

it('rules changed over the API hold, come back as they were sent, and a wrong one refuses all', async () => {
  const opened = openControl('');
  const acl = new AclControl(() => opened.current.accepted.config.auth);
  const rules = [{ permit: 'deny', clientid: HOSTILE, topics: ['#'] }];
  await opened.control.change([{ path: ['auth', 'acl', 'rules'], value: rules }]);
  expect(await acl.explain({ ...question, clientId: HOSTILE })).toMatchObject({ isAllowed: false });
  const wrong = [...rules, { permit: 'deny', clientid: 'a', username: 'b' }];
  await expect(opened.control.change([{ path: ['auth', 'acl', 'rules'], value: wrong }])).rejects.toMatchObject({
    name: 'ChangeRefused',
    kind: 'invalid',
  });
  expect(await acl.explain({ ...question, clientId: HOSTILE })).toMatchObject({ isAllowed: false });
  await opened.control.change([{ path: ['auth', 'acl'], value: undefined }]);
  expect(await acl.explain({ ...question, clientId: HOSTILE })).toMatchObject({ isAllowed: true, rule: null });
});
