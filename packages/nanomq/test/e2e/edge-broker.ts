import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { NANOMQ, type StartedBroker, startBroker } from './started-broker.ts';

const MAKE_CERTS = fileURLToPath(new URL('../../../../etc/certs/make-dev-certs.sh', import.meta.url));

/** Certificates as `etc/certs/make-dev-certs.sh` makes them, in a folder of their own. */
export class EdgeCerts {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static make(): EdgeCerts {
    const folder = mkdtempSync(join(tmpdir(), 'nanomq-edge-'));
    execFileSync(MAKE_CERTS, [folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    return new EdgeCerts(folder);
  }

  /** Path of a file that the script makes, `ca.pem` for example. */
  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  /** Copies certificate and key of one name over those of another, which a listener may be using. */
  replace(name: string, by: string): void {
    for (const kind of ['key', 'pem']) cpSync(this.path(`${by}.${kind}`), this.path(`${name}.${kind}`));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ports of the listeners, all on 127.0.0.1. */
export interface EdgePorts {
  readonly tcp: number;
  /** TLS; asks clients for no certificate. */
  readonly tls: number;
  /** TLS; nobody enters without a good certificate. */
  readonly mutual: number;
  readonly ws: number;
  readonly wss: number;
  /** WebSocket for pages of `page` alone. */
  readonly guarded: number;
  /** Nobody listens there yet. */
  readonly page: number;
}

/** A started broker that listens in every way. */
export interface EdgeBroker extends StartedBroker {
  readonly ports: EdgePorts;
  readonly certs: EdgeCerts;
}

/** @param rest  lines of the configuration after those that say where it listens */
export async function startEdgeBroker(rest = ''): Promise<EdgeBroker> {
  const certs = EdgeCerts.make();
  const [tls, mutual, ws] = [await freePort(), await freePort(), await freePort()];
  const [wss, guarded, page] = [await freePort(), await freePort(), await freePort()];
  const configuration = ({ mqtt, http }: { readonly mqtt: number; readonly http: number }) => `
listeners.tcp.bind = "127.0.0.1:${mqtt}"
listeners.ssl {
  bind = "127.0.0.1:${tls}"
  keyfile = "${certs.path('server.key')}"
  certfile = "${certs.path('server.pem')}"
  mutual {
    bind = "127.0.0.1:${mutual}"
    keyfile = "${certs.path('server-encrypted.key')}"
    key_password = dev-password
    certfile = "${certs.path('server.pem')}"
    cacertfile = "${certs.path('ca.pem')}"
    crlfile = "${certs.path('crl.pem')}"
    verify_peer = true
    fail_if_no_peer_cert = true
  }
}
listeners.ws {
  bind = "127.0.0.1:${ws}/mqtt"
  guarded { bind = "127.0.0.1:${guarded}/mqtt", origins = ["http://127.0.0.1:${page}"] }
}
listeners.wss.bind = "127.0.0.1:${wss}/mqtt"
http_server.port = ${http}
log.level = info
${rest}
`;
  try {
    const broker = await startBroker([NANOMQ, 'start'], configuration);
    const stop = async () => {
      const ending = await broker.stop();
      certs.remove();
      return ending;
    };
    return { ...broker, stop, certs, ports: { tcp: broker.port, tls, mutual, ws, wss, guarded, page } };
  } catch (error) {
    certs.remove();
    throw error;
  }
}
