/** What `--action` may be. `receive`: a message of a topic, whatever filter brought it. */
export const ACL_ACTIONS = ['publish', 'subscribe', 'receive'] as const;

/** What `nanomq acl explain` was asked. */
export interface AclWords {
  readonly conf?: string | undefined;
  readonly client: string;
  readonly user?: string | undefined;
  /** '' when it was not said: rules for addresses do not match then. */
  readonly address: string;
  readonly action: (typeof ACL_ACTIONS)[number];
  readonly topic: string;
}
