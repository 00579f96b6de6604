/**
 * Checks layout rules of the style guide (section 1) over a set of files.
 * @param files  path from the root with `/` -> text: every `package.json` and every `.ts` file of its `src`
 * @returns findings as `path: what is wrong`, sorted; empty when all is well
 */
export function checkDirections(files: Record<string, string>): string[];
