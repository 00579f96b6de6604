export type {
  AclRuleConfig,
  AuthConfig,
  HttpAuthConfig,
  HttpRequestConfig,
  JwtAuthConfig,
  UserConfig,
} from './auth-config.ts';
export type { BridgeConfig, BridgeSubscriptionConfig, ForwardConfig } from './bridges-config.ts';
export { CONFIG_ERRORS, ConfigError, type ConfigErrorCode, type ConfigProblem } from './config-error.ts';
export { type ConfigWarning, type ConfigWarningCode, formatWarning } from './config-warning.ts';
export { type ConfigDiff, diffConfigs } from './diff-configs.ts';
export { changeConfig, type OverriddenSetting, type PlannedChange } from './edit/change-config.ts';
export { editConfigText, type TextChange, type TextSurroundings } from './edit/edit-config-text.ts';
export type { EffectiveSetting } from './effective-settings.ts';
export { type EffectiveTree, type EffectiveValue, effectiveAt } from './effective-tree.ts';
export type { PartialFlags } from './flags.ts';
export { formatCheck } from './format-check.ts';
export { formatPath, isForbiddenName } from './hocon/key-path.ts';
export type {
  ListenerConfig,
  ListenersConfig,
  ProxyProtocolConfig,
  TcpListenerConfig,
  TlsConfig,
  TlsListenerConfig,
  UnixListenerConfig,
  WebSocketConfig,
  WsListenerConfig,
  WssListenerConfig,
} from './listeners-config.ts';
export { type ConfigSources, type LoadedConfig, loadConfig } from './load-config.ts';
export type {
  HttpAuthType,
  HttpServerConfig,
  JwtConfig,
  LogConfig,
  LogLevel,
  MqttConfig,
  NanomqConfig,
  SharedSubscriptionStrategy,
  TaskqConfig,
} from './nanomq-config.ts';
export { formatOrigin, type Origin, type Position } from './origin.ts';
export { renderConfigurationDocs } from './render-docs.ts';
export { type ReplaceOptions, type ReplaceStep, replaceFileAtomically } from './write/replace-file.ts';
