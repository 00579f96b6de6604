import { escapeHtml, paragraph, richText } from './html-text.ts';
import type { OpenApiContent, OpenApiDocument, OpenApiOperation, OpenApiParameter } from './openapi-types.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #f4f4f4; padding: .75rem; overflow-x: auto; margin: .5rem 0 }
h2 { border-bottom: 2px solid #ccc; margin-top: 2rem }
section { border-bottom: 1px solid #ddd; padding: .5rem 0 }
h3 { margin: .5rem 0 0 } h3 b { display: inline-block; min-width: 4.5rem; color: #06c }
table { border-collapse: collapse; margin: .5rem 0 } td, th { text-align: left; padding: .2rem .75rem .2rem 0; vertical-align: top }
summary { cursor: pointer } nav a { display: inline-block; margin-right: 1rem }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818 } pre { background: #242424 } h3 b, a { color: #6bf }
  h2, section { border-color: #444 }
}`;

/** The document as a page that loads nothing from anywhere and runs no script. Every text is escaped. */
export function docsPage({ info, tags, paths }: OpenApiDocument): string {
  const title = escapeHtml(`${info.title} ${info.version}`);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const chapters = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    const sections = own.map(({ path, method, operation }) => operationSection(method, path, operation)).join('');
    return `<h2 id="${anchor(name)}">${escapeHtml(name)}</h2>${paragraph(description)}${sections}`;
  });
  const links = tags.map(({ name }) => `<a href="#${anchor(name)}">${escapeHtml(name)}</a>`).join('');
  return [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title><style>${STYLE}</style></head><body>`,
    `<h1>${title}</h1>${paragraph(info.description)}`,
    `<nav>${links}<a href="openapi.json">openapi.json</a></nav>`,
    ...chapters,
    '</body></html>',
  ].join('\n');
}

function operationSection(method: string, path: string, operation: OpenApiOperation): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const body =
    requestBody === undefined
      ? ''
      : contentBlock(requestBody.required ? 'body' : 'body, optional', requestBody.content);
  const refusals = Object.entries(responses).filter(([status]) => status !== '200');
  const rows = refusals.map(([status, { description }]) => row([status, description])).join('');
  return [
    `<section id="${anchor(operationId)}">`,
    `<h3><b>${escapeHtml(method.toUpperCase())}</b> <code>${escapeHtml(path)}</code></h3>`,
    paragraph(summary),
    parametersTable(parameters),
    body,
    contentBlock('reply', responses['200']?.content ?? {}),
    rows === '' ? '' : `<details><summary>refusals</summary><table>${rows}</table></details>`,
    '</section>',
  ].join('\n');
}

function parametersTable(parameters: readonly OpenApiParameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: place, required, description = '' }) =>
    row([name, required ? `${place}, required` : place, description]),
  );
  return `<table>${rows.join('')}</table>`;
}

function contentBlock(title: string, content: OpenApiContent): string {
  return Object.entries(content)
    .map(([mediaType, { schema }]) => {
      const text = escapeHtml(JSON.stringify(schema, null, 2));
      return `<details><summary>${escapeHtml(`${title}: ${mediaType}`)}</summary><pre>${text}</pre></details>`;
    })
    .join('');
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${richText(cell)}</td>`).join('')}</tr>`;
}

function anchor(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase();
}
