// Writes docs/configuration.md from the built schema: `npm run build`, then `node packages/config/dev/generate-docs.mjs`.
import { writeFileSync } from 'node:fs';
import { renderConfigurationDocs } from '../dist/index.js';

writeFileSync(new URL('../../../docs/configuration.md', import.meta.url), renderConfigurationDocs());
