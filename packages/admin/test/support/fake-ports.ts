import type {
  AdminEvent,
  AdminPort,
  AdminPublish,
  BrokerFigures,
  ClientCriteria,
  ClientSubscriptions,
  ClientSummary,
  ClientView,
  RetainedView,
  SubscriptionCriteria,
  SubscriptionView,
  TopicTreeNode,
} from '@nanomq-ts/core';
import type {
  ChangeReport,
  ConfigPort,
  SettingChange,
  SettingTree,
  SettingValue,
} from '../../src/ports/config-port.ts';

/** As the ports promise: lists come in batches of at most this many. */
const BATCH = 500;

/** A client online over `tcp:default` with MQTT 3.1.1 that did nothing yet. */
export function clientView(fields: Partial<ClientView> & { readonly clientId: string }): ClientView {
  return {
    username: '',
    isOnline: true,
    remoteAddress: '127.0.0.1:50000',
    listener: 'tcp:default',
    protocolVersion: 4,
    keepAliveSeconds: 60,
    cleanStart: true,
    sessionExpirySeconds: 0,
    connectedAtMs: 1_700_000_000_000,
    receivedMessages: 0,
    subscriptionCount: 0,
    inflightMessages: 0,
    queuedMessages: 0,
    will: null,
    ...fields,
  };
}

/** A QoS 0 subscription without options. */
export function subscriptionView(
  fields: Partial<SubscriptionView> & { readonly clientId: string; readonly topicFilter: string },
): SubscriptionView {
  return { qos: 0, noLocal: false, retainAsPublished: false, subscriptionIdentifier: 0, ...fields };
}

/** Figures of a broker nobody used. */
export function brokerFigures(fields: Partial<BrokerFigures> = {}): BrokerFigures {
  return {
    connections: 0,
    sessions: 0,
    subscribers: 0,
    subscriptions: 0,
    sharedSubscriptions: 0,
    sharedGroups: 0,
    topics: 0,
    retainedMessages: 0,
    retainedBytes: 0,
    storedMessages: 0,
    storedBytes: 0,
    messagesReceived: 0,
    messagesSent: 0,
    messagesReceivedByQos: [0, 0, 0],
    messagesSentByQos: [0, 0, 0],
    messagesDropped: 0,
    droppedByReason: {},
    bytesReceived: 0,
    bytesSent: 0,
    packetsReceived: 0,
    connectionsAccepted: 0,
    connectionsRefused: 0,
    connectionsFailed: 0,
    deniedByReason: {},
    ratePauses: 0,
    unreadPauses: 0,
    connectionsDelayed: 0,
    overloads: 0,
    flappingBans: 0,
    logLinesSuppressed: 0,
    shards: 1,
    shardsLost: 0,
    keepAliveTimeouts: 0,
    takeovers: 0,
    sessionsExpired: 0,
    unknownAcknowledgements: 0,
    connectionsByProtocol: {},
    connectionsByListener: {},
    connectionsByShard: {},
    acknowledgementLatency: { boundsMs: [1, 5, 10], counts: [0, 0, 0, 0], sumMs: 0 },
    ...fields,
  };
}

async function* inBatches<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < rows.length; at += BATCH) {
    yield rows.slice(at, at + BATCH);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A broker in memory: fill the public fields, read `orders`. `fault`, once set, makes every call reject with it. */
export class FakeAdmin implements AdminPort {
  clientRows: ClientView[] = [];
  subscriptionRows: SubscriptionView[] = [];
  retainedRows: RetainedView[] = [];
  tree: TopicTreeNode[][] = [[{ level: '', childCount: 0, clientIds: [] }]];
  figureValues: BrokerFigures = brokerFigures();
  fault: Error | null = null;
  /** How `topicFilter` matches a topic name; by default equality, and `#` matches all. */
  matches: (topicFilter: string, topicName: string) => boolean = (filter, name) => filter === '#' || filter === name;
  /** Every order carried out, oldest first. */
  readonly orders: (
    | { readonly order: 'kick'; readonly clientId: string }
    | { readonly order: 'publish'; readonly message: AdminPublish }
    | { readonly order: 'subscribe' | 'unsubscribe'; readonly clientId: string; readonly topicFilter: string }
  )[] = [];
  readonly listeners = new Set<(event: AdminEvent) => void>();

  /** Adds a client and its subscriptions. */
  addClient(
    fields: Partial<ClientView> & { readonly clientId: string },
    ...subscriptions: readonly (readonly [topicFilter: string, qos: 0 | 1 | 2])[]
  ): void {
    this.clientRows.push(clientView({ subscriptionCount: subscriptions.length, ...fields }));
    for (const [topicFilter, qos] of subscriptions) {
      this.subscriptionRows.push(subscriptionView({ clientId: fields.clientId, topicFilter, qos }));
    }
  }

  /** Tells every listener. */
  emit(event: AdminEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  async figures(): Promise<BrokerFigures> {
    this.#check();
    const { sessions, subscriptions } = this.figureValues;
    return {
      ...this.figureValues,
      sessions: Math.max(sessions, this.clientRows.length),
      subscriptions: Math.max(subscriptions, this.subscriptionRows.length),
    };
  }

  async *clients(criteria: ClientCriteria): AsyncGenerator<readonly ClientView[]> {
    this.#check();
    const given = Object.entries(criteria);
    yield* inBatches(
      this.clientRows.filter((row) => given.every(([key, value]) => row[key as keyof ClientView] === value)),
    );
  }

  async *clientSummaries(): AsyncGenerator<readonly ClientSummary[]> {
    this.#check();
    yield* inBatches(this.clientRows);
  }

  async *clientSubscriptions(): AsyncGenerator<readonly ClientSubscriptions[]> {
    this.#check();
    const byClient = new Map<string, SubscriptionView[]>();
    for (const row of this.subscriptionRows) {
      const rows = byClient.get(row.clientId);
      if (rows === undefined) byClient.set(row.clientId, [row]);
      else rows.push(row);
    }
    yield* inBatches([...byClient].map(([clientId, subscriptions]) => ({ clientId, subscriptions })));
  }

  async *subscriptions(criteria: SubscriptionCriteria): AsyncGenerator<readonly SubscriptionView[]> {
    this.#check();
    const { shareName, ...rest } = criteria;
    const given = Object.entries(rest);
    const rows = this.subscriptionRows.filter(
      (row) =>
        given.every(([key, value]) => row[key as keyof SubscriptionView] === value) &&
        (shareName === undefined || row.topicFilter.startsWith(`$share/${shareName}/`)),
    );
    yield* inBatches(rows);
  }

  async topicTree(): Promise<readonly (readonly TopicTreeNode[])[]> {
    this.#check();
    return this.tree;
  }

  async kick(clientId: string): Promise<'kicked' | 'unknown-client' | 'offline'> {
    this.#check();
    const client = this.clientRows.find((row) => row.clientId === clientId);
    if (client === undefined) return 'unknown-client';
    if (!client.isOnline) return 'offline';
    this.orders.push({ order: 'kick', clientId });
    return 'kicked';
  }

  async publish(message: AdminPublish): Promise<void> {
    this.#check();
    this.orders.push({ order: 'publish', message });
  }

  async subscribe(clientId: string, topicFilter: string, qos: 0 | 1 | 2): Promise<'subscribed' | 'unknown-client'> {
    this.#check();
    if (!this.clientRows.some((row) => row.clientId === clientId)) return 'unknown-client';
    this.orders.push({ order: 'subscribe', clientId, topicFilter });
    this.subscriptionRows.push(subscriptionView({ clientId, topicFilter, qos }));
    return 'subscribed';
  }

  async unsubscribe(
    clientId: string,
    topicFilter: string,
  ): Promise<'unsubscribed' | 'unknown-client' | 'unknown-filter'> {
    this.#check();
    if (!this.clientRows.some((row) => row.clientId === clientId)) return 'unknown-client';
    const at = this.subscriptionRows.findIndex((row) => row.clientId === clientId && row.topicFilter === topicFilter);
    if (at < 0) return 'unknown-filter';
    this.orders.push({ order: 'unsubscribe', clientId, topicFilter });
    this.subscriptionRows.splice(at, 1);
    return 'unsubscribed';
  }

  async *retained(topicFilter: string): AsyncGenerator<readonly RetainedView[]> {
    this.#check();
    yield* inBatches(this.retainedRows.filter((row) => this.matches(topicFilter, row.topicName)));
  }

  async retainedMessage(topicName: string): Promise<RetainedView | undefined> {
    this.#check();
    return this.retainedRows.find((row) => row.topicName === topicName);
  }

  async deleteRetained(topicFilter: string): Promise<number> {
    this.#check();
    const kept = this.retainedRows.filter((row) => !this.matches(topicFilter, row.topicName));
    const deleted = this.retainedRows.length - kept.length;
    this.retainedRows = kept;
    return deleted;
  }

  events(listener: (event: AdminEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  #check(): void {
    if (this.fault !== null) throw this.fault;
  }
}

/** The configuration of a broker started with `etc/nanomq.conf`, as `ConfigPort.settings` shows it. */
export function settingTree(): SettingTree {
  return {
    listeners: { tcp: { bind: '0.0.0.0:1883', enable: true } },
    mqtt: {
      property_size: 32,
      max_packet_size: 268_435_456,
      max_mqueue_len: 2048,
      retry_interval: 10_000,
      keepalive_multiplier: 1.25,
    },
    auth: { allow_anonymous: true },
    system: { num_taskq_thread: 1, max_taskq_thread: 1, parallel: 32, daemon: false },
    http_server: {
      enable: true,
      port: 8081,
      limit_conn: 32,
      max_body: 1_048_576,
      username: 'admin',
      password: 'public',
      auth_type: 'basic',
    },
    log: { level: 'warn' },
  };
}

function valueAt(tree: SettingTree, path: readonly string[]): SettingValue | undefined {
  let value: SettingValue | undefined = tree;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as SettingTree)[name];
  }
  return value;
}

/** `tree` with the value at `path` replaced, or removed when it is undefined. */
function withValue(tree: SettingTree, path: readonly string[], value: SettingValue | undefined): SettingTree {
  const [name = '', ...rest] = path;
  const below = tree[name];
  const section = typeof below === 'object' && below !== null && !Array.isArray(below) ? (below as SettingTree) : {};
  return { ...tree, [name]: rest.length === 0 ? value : withValue(section, rest, value) };
}

/** A configuration in memory: `tree` is what it is now, `refusal` what the next changes reject with. */
export class FakeConfig implements ConfigPort {
  tree: SettingTree = settingTree();
  refusal: Error | null = null;
  /** Dotted paths which a change of is reported as waiting for a restart. */
  restartPaths: ReadonlySet<string> = new Set(['listeners.tcp.bind', 'http_server.port']);
  /** Runs within `change`, after it was accepted. */
  onChange: () => Promise<void> = async () => {};
  readonly changes: (readonly SettingChange[])[] = [];
  readonly files: string[] = [];
  reloads = 0;
  stops = 0;
  restarts = 0;

  /** Dotted paths of what waits for a restart. */
  waits: readonly string[] = [];

  settings(): SettingTree {
    return this.tree;
  }

  waiting(): readonly string[] {
    return this.waits;
  }

  async change(changes: readonly SettingChange[]): Promise<ChangeReport> {
    if (this.refusal !== null) throw this.refusal;
    this.changes.push(changes);
    const report = { applied: [] as string[], needsRestart: [] as string[], unchanged: [] as string[] };
    for (const { path, value } of changes) {
      const dotted = path.join('.');
      const isSame = JSON.stringify(valueAt(this.tree, path)) === JSON.stringify(value);
      const list = isSame ? 'unchanged' : this.restartPaths.has(dotted) ? 'needsRestart' : 'applied';
      report[list].push(dotted);
      this.tree = withValue(this.tree, path, value);
    }
    await this.onChange();
    return report;
  }

  async replaceFile(text: string): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    this.files.push(text);
  }

  async reload(): Promise<ChangeReport> {
    if (this.refusal !== null) throw this.refusal;
    this.reloads += 1;
    return { applied: ['log.level'], needsRestart: ['listeners.tcp.bind'], unchanged: [] };
  }

  stop(): void {
    this.stops += 1;
  }

  restart(): void {
    this.restarts += 1;
  }
}
