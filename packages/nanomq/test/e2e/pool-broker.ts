import { type AdministeredBroker, startAdministered } from './administered-broker.ts';

/** Shards of a broker whose tests do not say otherwise. */
export const SHARDS = 4;

/** A broker with several shards and the HTTP API. */
export async function startPool(rest = '', script?: readonly string[]): Promise<AdministeredBroker> {
  return startAdministered(`system { num_taskq_thread = ${SHARDS}, max_taskq_thread = ${SHARDS} }\n${rest}`, script);
}

/** The samples of a metric by the text of its labels, `''` where it has none. */
export async function metricOf(broker: AdministeredBroker, name: string): Promise<ReadonlyMap<string, number>> {
  const { text } = await broker.call('GET', '/metrics');
  const samples = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return new Map(
    samples.map((line) => {
      const [, labels = '', value] = /^[^{ ]+(\{.*\})? (.+)$/.exec(line) as RegExpExecArray;
      return [labels, Number(value)];
    }),
  );
}

/** The data of a GET request of API v4. */
export async function dataOf<T>(broker: AdministeredBroker, path: string): Promise<T> {
  const { text } = await broker.call('GET', `/api/v4/${path}`);
  return (JSON.parse(text) as { data: T }).data;
}
