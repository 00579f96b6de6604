/** Where a rule stands. */
export interface AclRulePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Whether somebody may do something. */
export interface AclQuestion {
  readonly clientId: string;
  /** Undefined: it gave none. */
  readonly username: string | undefined;
  /** '' = unknown: rules for addresses do not match. */
  readonly remoteAddress: string;
  /** `receive`: a message of a topic, whatever filter brought it. */
  readonly action: 'publish' | 'subscribe' | 'receive';
  /** A topic name; for `subscribe` a topic filter. */
  readonly topic: string;
}

/** The answer and the rule that decides. */
export interface AclExplanation {
  readonly isAllowed: boolean;
  /** Null: none matches and `auth.no_match` decides, or there are no rules. */
  readonly rule: {
    /** Position in the list, from 1. */
    readonly number: number;
    /** Null: from no file. */
    readonly place: AclRulePlace | null;
    /** The rule as JSON. */
    readonly text: string;
  } | null;
  /** One line for people. */
  readonly text: string;
}

/** The access rules in force. They are read and changed as `auth.acl.rules` of the configuration. */
export interface AclPort {
  /** Where each rule of the list stands; null = in no file. */
  places(): Promise<readonly (AclRulePlace | null)[]>;
  /** Tokens and HTTP servers, which may decide beyond the rules, are not asked. */
  explain(question: AclQuestion): Promise<AclExplanation>;
}
