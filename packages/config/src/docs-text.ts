/** The parts of docs/configuration.md that the schema does not know. */
export const DOCS_HEAD = `# Configuration

Made from the schema in \`packages/config/src/schema\` by \`node packages/config/dev/generate-docs.mjs\`; do not edit.

## Where values come from

| order | source |
| --- | --- |
| 1 (wins) | command line flags: \`--url\` (replaces every TCP listener and those of its own kind, which keep their certificates), \`--log_level\` |
| 2 | environment variables \`NANOMQ_*\`; empty ones count as not set |
| 3 | the file: \`--conf FILE\`, else the one \`NANOMQ_CONF_PATH\` names, else \`/etc/nanomq.conf\` if it is there |
| 4 | the profile, if there is one: \`profile = hardened\` |
| 5 | the defaults below; without a file the broker listens on TCP port 1883 |

NanoMQ lets the file win over the environment; its manual says the opposite, and we follow the manual.
\`nanomq check --conf FILE\` prints every effective value with where it came from. Secrets are shown as \`******\`.

Each key has a systematic variable: its path in capitals with \`__\` for the dots, such as
\`NANOMQ_MQTT__RETRY_INTERVAL\`. NanoMQ's own names, shown in the tables, work as well; where both are set the
systematic one wins. \`NANOMQ_QOS_DURATION\` may be a bare number of seconds, as in NanoMQ.

## Notation

The file is HOCON, and so JSON too. An empty file is an empty configuration. Key names are matched without regard to
case, except names you choose yourself (listeners, bridges, users). An unknown key is a warning with the nearest known
key; a wrong value is an error, where NanoMQ ignores it and takes the default. \`null\` counts as not set.

| type | accepted |
| --- | --- |
| duration | number and unit: \`500ms\`, \`10s\`, \`5m\`, \`2h\`, \`1d\`; 0 needs no unit. \`10ms\` is ten milliseconds (NanoMQ: ten minutes) |
| size | bytes, or a number and unit with factors of 1024: \`64KB\`, \`256MB\`, \`1GB\` |
| address | \`host:port\`, \`"[::]:1883"\`, \`:1883\` or \`1883\`; port 0 lets the system choose |
| true or false | \`true\`, \`false\`, also \`yes\`, \`no\` |
| text | quoted, or one or more words without quotes; \`007\` stays \`007\` |

| HOCON | here |
| --- | --- |
| \`include "f"\`, \`include file("f")\`, \`include required(file("f"))\` | in a section or as a value; relative to the including file, then to the working directory; a missing file is always an error; at most 10 deep, never in a circle |
| \`\${path}\`, \`\${?path}\` | the value of that key (from the root), else of that environment variable; with \`?\` it may be missing; a key may refer to its own earlier value |
| \`"\${clientid}"\` | plain text: inside quotes nothing is substituted |
| the same key again | the last wins, two sections merge; \`+=\` puts one item at the end of a list |
| \`"text"\` | JSON escapes; a line end inside is kept. \`"""text"""\` has no escapes |
| text without quotes | numbers, words, IP addresses, paths, \`host:port\` and URLs; quote anything with \`# $ " { } [ ] , =\` |
| comments | \`#\` and \`//\` to the end of the line; \`a/#\` and \`a//b\` without quotes are refused as ambiguous |
| \`__proto__\`, \`constructor\`, \`prototype\` | refused as key names |

The column "reload" says when a changed value takes effect: live with \`nanomq reload\` or a change over the HTTP API, or
after a restart. Limits that a client was told when it connected (packet size, keep alive, session expiry) hold for
connections made after the change. Listeners are opened, closed and moved to other ports, and take other certificates;
connections stay. What cannot be done while a listener is open waits for a restart, and the report says so: another address
at the same port, PROXY protocol at a TCP listener that was opened without, other permissions of a Unix socket, and with
several shards (\`system.num_taskq_thread\`) opening, closing and moving.
`;

/** Before what the profile sets. */
export const DOCS_PROFILE = `## The hardened profile

\`profile = hardened\` sets the following where file, environment and flags set nothing; \`nanomq check\` shows it as
"profile hardened". Listeners stay as they are: without a TLS listener passwords pass in the clear. With
\`no_match = deny\` nobody may publish or subscribe until \`auth.acl.rules\` allow it.
`;

/** Before the table of errors. */
export const DOCS_ERRORS = `## Errors

An error is \`file:line:column: message [CODE]\`; values of the environment and of flags name the variable or flag in
place of the file, and a change over the HTTP API is a "requested change". The broker does not start, or keeps what it
has; \`nanomq check\` ends with exit code 1.
`;

/** Before the keys that nothing reads yet. */
export const DOCS_KNOWN = `## Known, not yet used

These keys of NanoMQ have no effect yet. Of those marked "checked" a wrong value is an error; of the others any value is
taken without a word. A section among them that would do something, such as \`sqlite\`, is named in a warning.
`;
