import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url);
const PACKAGES = new URL('packages/', ROOT);
const LIMIT_LINES = 300;

/** A file named in a document: relative to `packages/`. */
const SOURCE_PATH = /(?<![\w./-])[a-z]+\/(?:src|test|dev)\/[\w./-]+\.(?:ts|mjs|json)\b/g;
const RELATIVE_LINK = /\]\((?!https?:)([^)#\s]+)/g;
/** A row of the table of the seven files: its number, then the file. */
const NUMBERED_FILE = /^\| (\d) \| `([^`]+)` \|/gm;
/** A station of the drawing: its number in a circle, then the file. */
const DRAWN_FILE = /([①-⑦]) ([\w./-]+\.ts)\b/g;

function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

const adrs = readdirSync(new URL('docs/adr/', ROOT)).map((name) => `docs/adr/${name}`);
const documents = ['docs/architecture.md', 'docs/lifecycle.md', 'docs/durability.md', 'docs/errors.md'];
const others = readdirSync(new URL('docs/', ROOT))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .filter((path) => !documents.includes(path));

describe('documents of the architecture', () => {
  it.each(documents)('%s names only files that exist', (document) => {
    const paths = [...new Set(textOf(document).match(SOURCE_PATH))];
    expect(paths).not.toEqual([]);
    expect(paths.filter((path) => !existsSync(new URL(path, PACKAGES)))).toEqual([]);
  });

  it.each([...documents, ...others, 'README.md', ...adrs])('%s links only to what exists', (document) => {
    const links = [...textOf(document).matchAll(RELATIVE_LINK)].map(([, link]) => link as string);
    expect(links.filter((link) => !existsSync(new URL(link, new URL(document, ROOT))))).toEqual([]);
  });

  const seven = [...textOf('docs/lifecycle.md').matchAll(NUMBERED_FILE)].map(([, number, path]) => [number, path]);

  it('the way of a PUBLISH is seven files', () => {
    expect(seven.map(([number]) => number)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('the drawing shows the same seven in the same order', () => {
    const drawn = [...textOf('docs/lifecycle.md').matchAll(DRAWN_FILE)].map(([, circle, path]) => [
      String((circle as string).charCodeAt(0) - '①'.charCodeAt(0) + 1),
      path,
    ]);
    expect(drawn).toEqual(seven);
  });

  it.each(seven)(`file %s of the way, %s, is under ${LIMIT_LINES} lines`, (_, path) => {
    const lines = textOf(`packages/${path}`).trimEnd().split('\n').length;
    expect(lines).toBeLessThan(LIMIT_LINES);
  });
});
