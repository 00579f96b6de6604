import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import { dirname, resolve } from 'node:path';

/**
 * Puts the lines of the sources into the stack of an error that comes from a bundle. Its source map is read for this
 * alone: a thread that keeps it ready (`process.setSourceMapsEnabled`) keeps all of it in memory.
 * @param bundlePath  absolute; the source map is the file `bundlePath.map`. Without one the stack stays as it is
 * @returns the same error
 */
export function nameSourcePlaces(error: Error, bundlePath: string): Error {
  const map = error.stack?.includes(bundlePath) ? readMap(`${bundlePath}.map`) : null;
  if (map === null || error.stack === undefined) return error;
  const parts = error.stack.split(`${bundlePath}:`);
  error.stack = parts.map((part, i) => (i === 0 ? part : placeAt(part, map, bundlePath))).join('');
  return error;
}

/** @param text  begins with line and column in the bundle, counted from 1 */
function placeAt(text: string, map: SourceMap, bundlePath: string): string {
  const [place, line, column] = /^(\d+):(\d+)/.exec(text) ?? [];
  if (place === undefined) return `${bundlePath}:${text}`;
  // Without an entry Node gives an empty object.
  const entry: Partial<SourceMapping> = map.findEntry(Number(line) - 1, Number(column) - 1);
  const { originalSource, originalLine = 0, originalColumn = 0 } = entry;
  if (originalSource === undefined) return `${bundlePath}:${text}`;
  const path = resolve(dirname(bundlePath), originalSource);
  return `${path}:${originalLine + 1}:${originalColumn + 1}${text.slice(place.length)}`;
}

function readMap(path: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // A trace in the words of the bundle is better than none.
    return null;
  }
}
