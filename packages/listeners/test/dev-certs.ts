import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

  /** Replaces the certificate and key of one name by those of another. */
  replace(name: string, by: string): void {
    for (const kind of ['key', 'pem']) cpSync(this.path(`${by}.${kind}`), this.path(`${name}.${kind}`));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
