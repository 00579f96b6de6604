import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';

/** The code that every shard's thread runs. The buffers are shared, so that a thread costs none of its own. */
export interface ShardCode {
  /** Of the file that the build bundles from `shard-main.ts`, for stack traces and for what is loaded beside it. */
  readonly path: string;
  /** Its text: one function expression in ASCII, with the parameters of a CommonJS module. */
  readonly source: SharedArrayBuffer;
  /** What V8 has made of it, for the same V8 with the same flags alone. */
  readonly compiled: SharedArrayBuffer;
}

/** A CommonJS module without its frame, as Node calls it. */
export type ModuleBody = (
  exports: object,
  require: NodeJS.Require,
  module: object,
  filename: string,
  dirname: string,
) => void;

/**
 * Reads and compiles the bundle once for all threads: a thread that parses it keeps the 2.5 MB that this takes.
 * @throws Error of the file system
 */
export function loadShardCode(path: string): ShardCode {
  const source = readFileSync(path);
  const compiled = new Script(source.toString('latin1'), { filename: path }).createCachedData();
  return { path, source: shared(source), compiled: shared(compiled) };
}

/** The module in `code`, not yet run. Code of another V8 is compiled anew. */
export function moduleIn({ path, source, compiled }: ShardCode): ModuleBody {
  const script = new Script(Buffer.from(source).toString('latin1'), {
    filename: path,
    cachedData: Buffer.from(compiled),
  });
  return script.runInThisContext() as ModuleBody;
}

function shared(bytes: Buffer): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  Buffer.from(memory).set(bytes);
  return memory;
}
