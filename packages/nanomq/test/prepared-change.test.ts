import { expect, it } from 'vitest';
import { joinChanges } from '../src/prepared-change.ts';
import { fakeChange } from './cli/fake-surroundings.ts';

it('several changes are one', async () => {
  const happened: string[] = [];
  const change = (name: string, held: readonly string[]) =>
    fakeChange(
      () => happened.push(`commit ${name}`),
      held,
      () => happened.push(`discard ${name}`),
    );
  const joined = joinChanges([change('a', ['tcp:x', 'tcp:y']), change('b', ['tcp:y'])]);
  expect(joined.held).toEqual(['tcp:x', 'tcp:y']);
  joined.commit();
  await joined.discard();
  expect(happened).toEqual(['commit a', 'commit b', 'discard a', 'discard b']);
});
