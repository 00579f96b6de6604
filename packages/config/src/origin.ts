/** A place in a configuration file. Line and column count from 1; the column counts UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where an effective value came from. */
export type Origin =
  | { readonly kind: 'default' }
  /** Nobody set the key itself, but `profile`. */
  | { readonly kind: 'profile'; readonly name: string }
  | ({ readonly kind: 'file' } & Position)
  | { readonly kind: 'env'; readonly name: string }
  /** Somebody asks for it; it stands nowhere yet. */
  | { readonly kind: 'change' }
  | { readonly kind: 'flag'; readonly name: string };

/** The origin of everything nobody set. */
export const DEFAULT_ORIGIN: Origin = { kind: 'default' };

/** `file:line:column`, as editors and terminals make it clickable. */
export function formatPosition(at: Position): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/**
 * An origin as `nanomq check` and errors print it: `default`, `profile NAME`, `file:line:column`, `env NAME`, `flag --name`,
 * `requested change`.
 */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'profile':
      return `profile ${origin.name}`;
    case 'file':
      return formatPosition(origin);
    case 'env':
      return `env ${origin.name}`;
    case 'change':
      return 'requested change';
    case 'flag':
      return `flag ${origin.name}`;
    default:
      return origin satisfies never;
  }
}
