import { writeFileSync } from 'node:fs';
import { errorsDocument } from './errors-document.ts';

writeFileSync('docs/errors.md', errorsDocument());
