// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { expect, it } from 'vitest';
import { parseAclRules } from '../src/acl/parse-acl-rules.ts';
import { RuleSet } from '../src/acl/rule-set.ts';
import { ClientIdentity } from '../src/client-identity.ts';
import { ClaimedRights } from '../src/jwt/claimed-rights.ts';

const NAMES = { clientId: 'c1', username: 'u1', remoteAddress: '' };

it('what rules mean for a client is worked out once for each set of rules', () => {
  const identity = new ClientIdentity(NAMES, null, {}, false);
  const [one, other] = ['a', 'b'].map(
    (topic) => new RuleSet(parseAclRules([{ permit: 'allow', topics: [topic] }]), 'deny'),
  );
  if (one === undefined || other === undefined) throw new Error('no rules');
  const view = identity.viewOf(one);
  expect(identity.viewOf(one)).toBe(view);
  expect(one.isAllowed(view, 'publish', 'a')).toBe(true);
  expect(other.isAllowed(identity.viewOf(other), 'publish', 'a')).toBe(false);
  expect(identity.viewOf(one)).not.toBe(view);
});

it('its own rights have a view of their own', () => {
  const rights = ClaimedRights.from({ pub: ['d/${clientid}'] });
  if (rights === null) throw new Error('no rights');
  const identity = new ClientIdentity(NAMES, rights, {}, false);
  const view = identity.rightsView(rights);
  expect(identity.rightsView(rights)).toBe(view);
  expect(rights.isAllowed(view, 'publish', 'd/c1')).toBe(true);
});
