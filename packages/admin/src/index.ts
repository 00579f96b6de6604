export type { AdminParts, AuthType, HttpServerOptions, JwtOptions } from './admin-options.ts';
export { type AdminSeams, type AdminServer, openAdminServer } from './admin-server.ts';
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
export { ApiError, ResultCode } from './result-code.ts';
