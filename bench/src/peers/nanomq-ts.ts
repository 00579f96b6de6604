import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../checkout.ts';
import type { BrokerKind } from './broker-kind.ts';

const PACKAGE = join(CHECKOUT, 'packages/nanomq');

/** Ours: the complete broker as a user starts it, on its defaults. */
export const NANOMQ_TS: BrokerKind = {
  name: 'nanomq-ts',
  protocols: [4, 5],
  missing: () => (existsSync(join(PACKAGE, 'dist/cli/main.js')) ? undefined : 'it is not built (npm run build)'),
  version: () => (JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }).version,
  command: ({ port, folder }) => {
    const conf = join(folder, 'nanomq.conf');
    // Anonymous clients and the port are all that is set: what is measured is the default configuration.
    writeFileSync(conf, 'auth.allow_anonymous = true\n');
    const bin = join(PACKAGE, 'bin/nanomq.js');
    return [process.execPath, bin, 'start', '--conf', conf, '--url', `nmq-tcp://127.0.0.1:${port}`];
  },
};
