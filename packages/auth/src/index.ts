export type { AccessChanges } from './access-changes.ts';
export type { AccessRulesParts } from './access-rules.ts';
export { AccessRules } from './access-rules.ts';
export type { AclAction, AclRule, ClientNames } from './acl/acl-rule.ts';
export type { AclExplanation, AclQuestion } from './acl/explain.ts';
export { explain } from './acl/explain.ts';
export { parseAclRules } from './acl/parse-acl-rules.ts';
export type { Decision, Question } from './acl/rule-set.ts';
export { RuleSet } from './acl/rule-set.ts';
export { AUTH_ERRORS, AuthError, type AuthErrorCode, type SourcePlace } from './auth-error.ts';
export type {
  AuthSettings,
  HttpAuthSettings,
  HttpRequestSettings,
  JwtAlgorithm,
  JwtSettings,
  UserSettings,
} from './auth-settings.ts';
export { OPEN_SETTINGS } from './auth-settings.ts';
export type { PortOf } from './http/http-client-facts.ts';
export type { PasswordChange, PasswordChangeResult } from './passwords/edit-password-file.ts';
export { changePasswordFile } from './passwords/edit-password-file.ts';
export { hashPassword } from './passwords/hash-password.ts';
export { HashWorkers } from './passwords/hash-workers.ts';
export type { PasswordLine } from './passwords/password-file.ts';
export { parsePasswordFile } from './passwords/password-file.ts';
export { usernameFault } from './passwords/user-list.ts';
export { passwordStorage, verifyPassword } from './passwords/verify-password.ts';
