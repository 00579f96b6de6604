/** A program as a user writes it: compiled against the built package by embedding.test.ts, then run. */
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  type Broker,
  type BrokerEventMap,
  type BrokerOptions,
  createBroker,
  type Message,
  MqttError,
  type PublishOutcome,
  type SubscribeOptions,
} from 'nanomq-ts';

const said: unknown[] = [];

const options: BrokerOptions = {
  config: 'listeners.tcp.bind = "127.0.0.1:0"',
  onAuthenticate: ({ connect: { username } }) => (username === 'ann' ? 0 : 0x86),
  onPublish: async (principal, topicName, retain) => (principal.username === topicName && !retain ? 0 : 0x87),
};

async function useBroker(broker: Broker): Promise<void> {
  const off: () => void = broker.on('connectRefused', (event: BrokerEventMap['connectRefused']) => {
    said.push(event.reasonCode);
  });
  // @ts-expect-error there is no such event
  broker.on('clientExploded', () => {});
  const [address] = await broker.listen();
  const socket = connect(address?.port ?? 0, '127.0.0.1');
  await once(socket, 'connect');
  // CONNECT of MQTT 5.0 without user name, answered with CONNACK 0x86 and a close.
  socket.write(Buffer.from('101000044d51545405020000000003636174', 'hex'));
  await once(socket.resume(), 'close');
  off();
}

async function talkToItself(broker: Broker): Promise<void> {
  const wanted: SubscribeOptions = { qos: 1, receiveMaximum: 2 };
  await using messages = broker.subscribe('a/#', wanted);
  const properties = { contentType: 'text', userProperties: [['k', 'v']] } as const;
  const outcome: PublishOutcome = await broker.publish('a/b', 'hi', { qos: 1, retain: true, properties });
  said.push(outcome);
  const taken: Message[] = [];
  for await (const message of messages) {
    taken.push(message);
    break;
  }
  for (const message of taken) {
    said.push(message.topicName, message.payload.toString('utf8'), message.properties.userProperties);
  }
  const error: unknown = await broker.publish('a/#', '').catch((reason: unknown) => reason);
  if (error instanceof MqttError) said.push(error.code);
}

async function main(): Promise<void> {
  await using broker = await createBroker(options);
  await talkToItself(broker);
  await useBroker(broker);
  // Left open: what the broker owns must not keep this process, nor the connection that it ends.
  const socket = connect((await broker.listen())[0]?.port ?? 0, '127.0.0.1');
  await once(socket, 'connect');
  socket.resume();
}

await main();
process.stdout.write(JSON.stringify(said));
