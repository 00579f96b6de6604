/** Who publishes to whom: see the scenario list in `bench/README.md`. */
export type TrafficMode = 'pair' | 'fanout' | 'fanin';

/** Quality of service of publishers and subscribers alike. */
export type LoadQos = 0 | 1 | 2;

/** Protocol version byte of CONNECT: 4 is MQTT 3.1.1, 5 is MQTT 5.0. */
export type ProtocolVersion = 4 | 5;

/** What MQTT travels in: TCP; TLS 1.3; WebSocket with a message for each packet, or for all that go out at once. */
export type LoadCarrier = 'tcp' | 'tls' | 'ws' | 'ws-many';

/** User name and password of every connection. */
export interface LoadLogin {
  readonly username: string;
  readonly password: string;
}

/** Traffic, a closed loop unless it has a rate: what to send, to whom, and for how long. */
export interface TrafficJob {
  readonly kind: 'traffic';
  readonly mode: TrafficMode;
  readonly publishers: number;
  readonly subscribers: number;
  readonly qos: LoadQos;
  readonly protocol: ProtocolVersion;
  readonly carrier: LoadCarrier;
  /** Null connects anonymously. */
  readonly login: LoadLogin | null;
  /** At least 8: every payload begins with a time stamp and a sequence number of four bytes each. */
  readonly payloadBytes: number;
  /** Messages each publisher may have outstanding (all of them together in fan-out and fan-in). */
  readonly windowMessages: number;
  /**
   * Open loop: all publishers together send so many messages a second whatever has arrived, and the window does not
   * count. Every message has its latency read. Default: the closed loop.
   */
  readonly messagesPerSecond?: number;
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  readonly port: number;
  /** First level of all topics, so that generators do not meet; default: `bench`. */
  readonly topicRoot?: string;
  /** Where the subscribers are; default: at the same broker. */
  readonly subscriberPort?: number;
  /** Process whose CPU and memory are read, or 0 for none. */
  readonly brokerPid: number;
}

/** Connections with one subscription each that are opened and then left alone. */
export interface IdleJob {
  readonly kind: 'idle';
  readonly connections: number;
  readonly protocol: ProtocolVersion;
  /** Silence before the memory is read, so that the broker's collector has had its turn. */
  readonly settleSeconds: number;
  readonly port: number;
  readonly brokerPid: number;
}

export type LoadJob = TrafficJob | IdleJob;

/** What one traffic run measured. Figures of the broker are NaN where the system has no `/proc`. */
export interface TrafficResult {
  readonly kind: 'traffic';
  readonly sentPerSecond: number;
  readonly deliveredPerSecond: number;
  /** Deliveries owed and not seen after the drain; negative when there were more than owed. */
  readonly lost: number;
  /** Messages of QoS 1 and 2 without their last acknowledgement after the drain. */
  readonly unacknowledged: number;
  /** PUBLISH frames received with the DUP flag. */
  readonly duplicates: number;
  /** Sampled frames whose sequence number was not the expected one (only where one publisher feeds a subscriber). */
  readonly disordered: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly brokerCpuMicrosPerDelivery: number;
  /** Share of one core the broker used, 0 to 1 and above for more threads. */
  readonly brokerCpuShare: number;
  /** The same of the generator: near 1 with the broker lower means that the generator is what limits the run. */
  readonly loadCpuShare: number;
  readonly brokerRssBytes: number;
  readonly connectSeconds: number;
}

/** What one idle run measured. */
export interface IdleResult {
  readonly kind: 'idle';
  readonly connections: number;
  readonly connectsPerSecond: number;
  readonly brokerBytesPerConnection: number;
  readonly brokerCpuMicrosPerConnection: number;
  readonly brokerRssBytes: number;
}

export type LoadResult = TrafficResult | IdleResult;
