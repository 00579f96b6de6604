import type { BridgeStatus } from '@nanomq-ts/core';
import type { AclExplanation, AclPort, AclQuestion, AclRulePlace } from '../../src/ports/acl-port.ts';
import type { BanKind, BanPort, BanView } from '../../src/ports/ban-port.ts';
import type {
  BridgePort,
  BridgeRequestOutcome,
  BridgeRequestProperties,
  BridgeSubscription,
  BridgeView,
} from '../../src/ports/bridge-port.ts';
import type { ChangeReport, SettingTree } from '../../src/ports/config-port.ts';
import type { ListenerPort, ListenerView } from '../../src/ports/listener-port.ts';
import type { PemPaths, PemPort, PemTexts } from '../../src/ports/pem-port.ts';
import type { UserPort, UserRefusal, UserView } from '../../src/ports/user-port.ts';

/** Users in memory with their passwords; `refusal`, once set, answers every password. */
export class FakeUsers implements UserPort {
  readonly passwords = new Map<string, string>();
  refusal: UserRefusal | null = null;
  fault: Error | null = null;

  async users(): Promise<readonly UserView[]> {
    this.#check();
    return [...this.passwords.keys()].map((username) => ({ username, storage: 'hashed' }));
  }

  async add(username: string, password: string): Promise<'added' | 'exists' | UserRefusal> {
    this.#check();
    if (this.passwords.has(username)) return 'exists';
    if (this.refusal !== null) return this.refusal;
    this.passwords.set(username, password);
    return 'added';
  }

  async changePassword(
    username: string,
    password: string,
    oldPassword: string | null,
  ): Promise<'changed' | 'unknown' | 'wrong-old-password' | UserRefusal> {
    this.#check();
    const known = this.passwords.get(username);
    if (known === undefined) return 'unknown';
    if (oldPassword !== null && oldPassword !== known) return 'wrong-old-password';
    if (this.refusal !== null) return this.refusal;
    this.passwords.set(username, password);
    return 'changed';
  }

  async delete(username: string): Promise<'deleted' | 'unknown'> {
    this.#check();
    return this.passwords.delete(username) ? 'deleted' : 'unknown';
  }

  #check(): void {
    if (this.fault !== null) throw this.fault;
  }
}

/** Answers `explanation` to everything and keeps the questions. */
export class FakeAcl implements AclPort {
  rulePlaces: readonly (AclRulePlace | null)[] = [];
  explanation: AclExplanation = { isAllowed: true, rule: null, text: 'allowed: there are no rules' };
  readonly questions: AclQuestion[] = [];

  async places(): Promise<readonly (AclRulePlace | null)[]> {
    return this.rulePlaces;
  }

  async explain(question: AclQuestion): Promise<AclExplanation> {
    this.questions.push(question);
    return this.explanation;
  }
}

/** Bans in memory, at most `room` of them. */
export class FakeBans implements BanPort {
  rows: BanView[] = [];
  room = 1000;
  /** What `add` says it has disconnected. */
  disconnected = 0;

  async bans(): Promise<readonly BanView[]> {
    return this.rows;
  }

  async add(ban: BanView): Promise<{ readonly disconnected: number } | 'full'> {
    if (this.rows.length >= this.room) return 'full';
    this.rows.push(ban);
    return { disconnected: this.disconnected };
  }

  async remove(kind: BanKind, value: string): Promise<'removed' | 'unknown'> {
    const at = this.rows.findIndex((ban) => ban.kind === kind && ban.value === value);
    if (at < 0) return 'unknown';
    this.rows.splice(at, 1);
    return 'removed';
  }
}

/** Shows `rows`. */
export class FakeListeners implements ListenerPort {
  rows: readonly ListenerView[] = [];

  async listeners(): Promise<readonly ListenerView[]> {
    return this.rows;
  }
}

/** An open TLS listener whose certificate holds for a year. */
export function listenerView(fields: Partial<ListenerView> = {}): ListenerView {
  return {
    name: 'ssl:default',
    kind: 'tls',
    host: '0.0.0.0',
    port: 8883,
    connections: 2,
    refusedByReason: { wrongCa: 3, timeout: 0 },
    certificate: {
      subject: 'CN=broker.example',
      fingerprint256: 'AB:CD',
      validToMs: 1_731_536_000_000,
      daysToExpiry: 365,
      reloads: 1,
      failedReloads: 0,
    },
    ...fields,
  };
}

/** Gives each text a path, `/pem/<name>`, and keeps what it was given. */
export class FakePem implements PemPort {
  readonly written: (readonly [texts: PemTexts, keyPassword: string | null])[] = [];
  refusal: Error | null = null;

  async write(
    texts: PemTexts,
    keyPassword: string | null,
    change: (paths: PemPaths) => Promise<ChangeReport>,
  ): Promise<ChangeReport> {
    if (this.refusal !== null) throw this.refusal;
    const report = await change(Object.fromEntries(Object.keys(texts).map((name) => [name, `/pem/${name}`])));
    this.written.push([texts, keyPassword]);
    return report;
  }
}

/** A bridge that is connected and did nothing yet. */
export function bridgeStatus(fields: Partial<BridgeStatus> = {}): BridgeStatus {
  return {
    state: 'connected',
    sinceMs: 1_700_000_000_000,
    server: 'mqtt-tcp://remote.example:1883',
    connections: 1,
    lastError: null,
    reconnects: 0,
    backlogMessages: 0,
    backlogBytes: 0,
    oldestBacklogMs: 0,
    sentMessages: 0,
    sentBytes: 0,
    receivedMessages: 0,
    receivedBytes: 0,
    sentRate: 0,
    receivedRate: 0,
    droppedOutByReason: {},
    droppedInByReason: {},
    ...fields,
  };
}

/** Bridges in memory; every order is kept. `outcome` answers (un)subscriptions of bridges that are there. */
export class FakeBridges implements BridgePort {
  rows: BridgeView[] = [];
  outcome: BridgeRequestOutcome = 'done';
  refusal: Error | null = null;
  readonly orders: (readonly unknown[])[] = [];

  async bridges(): Promise<readonly BridgeView[]> {
    return this.rows;
  }

  async change(name: string, settings: SettingTree): Promise<ChangeReport | 'unknown-bridge'> {
    if (this.#find(name) === undefined) return 'unknown-bridge';
    if (this.refusal !== null) throw this.refusal;
    this.orders.push(['change', name, settings]);
    const applied = Object.keys(settings).map((key) => `bridges.mqtt.${name}.${key}`);
    return { applied, needsRestart: [], unchanged: [] };
  }

  async switch(name: string, isOn: boolean): Promise<'done' | 'unchanged' | 'unknown-bridge'> {
    const bridge = this.#find(name);
    if (bridge === undefined) return 'unknown-bridge';
    if ((bridge.status.state !== 'off') === isOn) return 'unchanged';
    this.orders.push(['switch', name, isOn]);
    return 'done';
  }

  async subscribe(
    name: string,
    subscriptions: readonly BridgeSubscription[],
    properties: BridgeRequestProperties,
  ): Promise<BridgeRequestOutcome> {
    return this.#request(name, ['subscribe', name, subscriptions, properties]);
  }

  async unsubscribe(
    name: string,
    remoteTopics: readonly string[],
    properties: BridgeRequestProperties,
  ): Promise<BridgeRequestOutcome> {
    return this.#request(name, ['unsubscribe', name, remoteTopics, properties]);
  }

  #request(name: string, order: readonly unknown[]): BridgeRequestOutcome {
    if (this.#find(name) === undefined) return 'unknown-bridge';
    if (this.outcome === 'done') this.orders.push(order);
    return this.outcome;
  }

  #find(name: string): BridgeView | undefined {
    return this.rows.find((row) => row.name === name);
  }
}

/** Every optional part, as fakes. */
export class FakeParts {
  readonly users = new FakeUsers();
  readonly acl = new FakeAcl();
  readonly bans = new FakeBans();
  readonly listeners = new FakeListeners();
  readonly bridges = new FakeBridges();
  readonly pem = new FakePem();
}
