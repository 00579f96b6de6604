/** hocon-parser 1.0.1 brings no types. */
declare module 'hocon-parser' {
  /**
   * Parses HOCON text. Evaluates any string that is exactly `${...}` with `eval`: give it canonical text only.
   * @throws a plain string on some syntax errors
   */
  const parseHocon: (text: string) => unknown;
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS and exports one function
  export default parseHocon;
}
