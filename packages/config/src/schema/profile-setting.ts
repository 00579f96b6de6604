import { used } from './setting.ts';
import { word } from './value-kinds.ts';

/** The sets of defaults there are. */
export const PROFILE_NAMES = ['none', 'hardened'] as const;

/** One of them. */
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** `profile`. */
export const profileSetting = used(word(PROFILE_NAMES), {
  default: 'none',
  reload: 'live',
  env: 'PROFILE',
  meaning:
    'defaults of other keys: `hardened` closes the broker, see "The hardened profile". What you set yourself wins',
  differs: 'NanoMQ does not know it',
});
