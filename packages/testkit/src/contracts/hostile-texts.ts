/** Texts that a client may use as client identifier or topic name, each of which has broken some program. */
export const HOSTILE_TEXTS: readonly string[] = [
  '__proto__',
  'constructor',
  '<script>alert(1)</script>',
  '"quoted" \\ and \'so\'',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a configuration file would take it for a substitution
  '${HOME}',
  'two\r\nlines',
  '\u0001\u001b[31m\u007f\u0085',
  '\u2028\u202e\ufeff',
  'größe/温度/🌡️',
  '%2e%2e%2f',
  '../../etc/passwd',
  ' ',
  '$share',
];
