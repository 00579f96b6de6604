import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../etc/certs/make-dev-certs.sh', import.meta.url));

/** Certificates for development in a folder of their own. */
export class DevCerts {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes new ones, as an operator would. */
  static make(): DevCerts {
    const directory = mkdtempSync(join(tmpdir(), 'nanomq-certs-'));
    execFileSync(SCRIPT, [directory], { stdio: ['ignore', 'ignore', 'inherit'] });
    return new DevCerts(directory);
  }

  /** Path of a file that the script makes, `ca.pem` for example. */
  path(name: string): string {
    return join(this.directory, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  /** Makes `nameless.pem` and its key: signed by the CA, known by an alternative name alone. */
  makeNameless(): void {
    const [key, pem, csr, extensions] = ['key', 'pem', 'csr', 'ext'].map((kind) => this.path(`nameless.${kind}`));
    const openssl = (...args: (string | undefined)[]) => {
      execFileSync('openssl', args as string[], { stdio: ['ignore', 'ignore', 'pipe'] });
    };
    writeFileSync(extensions as string, 'subjectAltName=critical,DNS:localhost\n');
    openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', csr, '-subj', '/');
    const signer = ['-CA', this.path('ca.pem'), '-CAkey', this.path('ca.key'), '-set_serial', '77'];
    openssl('x509', '-req', '-in', csr, ...signer, '-days', '30', '-extfile', extensions, '-out', pem);
  }

  /** Replaces the certificate and key of one name by those of another. */
  replace(name: string, by: string): void {
    for (const kind of ['key', 'pem']) cpSync(this.path(`${by}.${kind}`), this.path(`${name}.${kind}`));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
