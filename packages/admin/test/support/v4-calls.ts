import { AdminHarness } from './admin-harness.ts';

/** A JSON reply of API v4. */
export interface V4Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A harness with calls below `/api/v4`. */
export class V4Harness {
  readonly harness: AdminHarness;

  private constructor(harness: AdminHarness) {
    this.harness = harness;
  }

  static async open(): Promise<V4Harness> {
    return new V4Harness(await AdminHarness.open());
  }

  get admin(): AdminHarness['admin'] {
    return this.harness.admin;
  }

  get config(): AdminHarness['config'] {
    return this.harness.config;
  }

  get parts(): AdminHarness['parts'] {
    return this.harness.parts;
  }

  get(path: string): Promise<V4Reply> {
    return this.send('GET', path);
  }

  post(path: string, body?: unknown): Promise<V4Reply> {
    return this.send('POST', path, body);
  }

  put(path: string, body?: unknown): Promise<V4Reply> {
    return this.send('PUT', path, body);
  }

  delete(path: string): Promise<V4Reply> {
    return this.send('DELETE', path);
  }

  send(method: string, path: string, body?: unknown): Promise<V4Reply> {
    return this.harness.json({ method, path: `/api/v4${path}`, body });
  }

  /** One field of each row of a list that must be answered. */
  async column(path: string, field: string): Promise<unknown[]> {
    const { status, body } = await this.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return (body.data as Record<string, unknown>[]).map((row) => row[field]);
  }
}
