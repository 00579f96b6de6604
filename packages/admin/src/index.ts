export type { AdminParts, AuthType, HttpServerOptions, JwtOptions, OptionalParts } from './admin-options.ts';
export { type AdminSeams, type AdminServer, openAdminServer } from './admin-server.ts';
export type { AclExplanation, AclPort, AclQuestion, AclRulePlace } from './ports/acl-port.ts';
export type { BanKind, BanPort, BanView } from './ports/ban-port.ts';
export type {
  BridgePort,
  BridgeRequestOutcome,
  BridgeRequestProperties,
  BridgeSubscription,
  BridgeView,
} from './ports/bridge-port.ts';
export {
  type BrokerIdentity,
  type ChangeProblem,
  ChangeRefused,
  type ChangeReport,
  type ConfigPort,
  type SettingChange,
  type SettingTree,
  type SettingValue,
} from './ports/config-port.ts';
export type { CertificateView, ListenerPort, ListenerView } from './ports/listener-port.ts';
export type { PemPaths, PemPort, PemTexts } from './ports/pem-port.ts';
export type { UserPort, UserRefusal, UserView } from './ports/user-port.ts';
export { ApiError, ResultCode } from './result-code.ts';
