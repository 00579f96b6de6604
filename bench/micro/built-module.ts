const CHECKOUT = new URL('../../..', import.meta.url);

/**
 * Loads one built file of a package. Micro benches time what packages keep to themselves (a trie, a frame reader),
 * so they go past `exports`; the caller gives the type by `import type` of the source file.
 * @param path  from the root of the repository, for example `packages/core/dist/topics/topic-trie.js`
 */
export async function builtModule<Module>(path: string): Promise<Module> {
  return (await import(new URL(path, CHECKOUT).href)) as Module;
}
