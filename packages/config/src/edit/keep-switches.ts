import { effectiveAt } from '../effective-tree.ts';
import type { LoadedConfig } from '../load-config.ts';
import { SWITCHED_SECTIONS } from '../section-presence.ts';
import { isWithin } from './definitions.ts';
import type { TextChange } from './edit-config-text.ts';

const TCP_BIND = ['listeners', 'tcp', 'bind'];
const TCP_ENABLE = ['listeners', 'tcp', 'enable'];
const USERS_ENABLE = ['auth', 'enable'];

/** Changes, and the configuration as it would be with them. */
export interface Preview {
  readonly changes: readonly TextChange[];
  readonly target: LoadedConfig;
}

/**
 * Adds to `changes` what keeps listeners and the HTTP API as they are unless somebody asked for it: a first key in
 * `listeners` would close TCP 1883, and a first key in `http_server` or `listeners.ssl` would turn that on. That users
 * are looked at stays so when the last of them goes; the first of them turns it on.
 * @param preview  the configuration as it would be with some changes; a draft may lack what another setting needs
 * @throws ConfigError when the changes are wrong or do not fit together
 */
export function keepSwitches(
  before: LoadedConfig,
  changes: readonly TextChange[],
  preview: (changes: readonly TextChange[], isDraft: boolean) => LoadedConfig,
): Preview {
  // A draft, because a key that must not turn its section on need not bring all that the section needs.
  const after = preview(changes, true);
  const isAsked = (path: readonly string[]) => changes.some((change) => isWithin(path, change.path));
  const isMoved = (path: readonly string[]) =>
    !isAsked(path) && effectiveAt(before.effective, path) !== effectiveAt(after.effective, path);
  const kept = SWITCHED_SECTIONS.map((section) => [...section.split('.'), 'enable'])
    .filter(isMoved)
    .map((path): TextChange => ({ path, value: effectiveAt(before.effective, path) }));
  // The last user that goes may take the section along: whoever came next would be believed any name.
  const wereUsersAsked = before.config.auth.usesPasswords && before.config.auth.users.length > 0;
  if (wereUsersAsked && after.config.auth.users.length === 0 && !isAsked(USERS_ENABLE)) {
    kept.push({ path: USERS_ENABLE, value: true });
  }
  // Who sets the address wants a listener there.
  if (isMoved(TCP_ENABLE) && !isAsked(TCP_BIND)) kept.push(keepTcp(before));
  const complete = kept.length === 0 ? changes : [...changes, ...kept];
  return { changes: complete, target: preview(complete, false) };
}

function keepTcp(before: LoadedConfig): TextChange {
  const isOpen = effectiveAt(before.effective, TCP_ENABLE) === true;
  return isOpen
    ? { path: TCP_BIND, value: effectiveAt(before.effective, TCP_BIND) }
    : { path: TCP_ENABLE, value: false };
}
