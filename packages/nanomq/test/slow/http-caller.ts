import { Agent, request } from 'node:http';

/** Calls the HTTP API of one broker as `admin`, over connections that stay. */
export class HttpCaller {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(port: number) {
    this.#port = port;
  }

  /** @returns how many bytes the body had. Rejects when the answer is not 200 */
  call(method: string, path: string, body = ''): Promise<number> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, auth: 'admin:public', method, path };
      const headers = { 'content-length': Buffer.byteLength(body) };
      const call = request({ ...options, headers }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve(bytes);
          else reject(new Error(`${method} ${path} was answered with ${response.statusCode}`));
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
