// Writes the client's types from docs/openapi.json.
import { readFileSync, writeFileSync } from 'node:fs';

import openapiTS, { astToString } from 'openapi-typescript';

const WEB = new URL('../', import.meta.url);

const document = JSON.parse(readFileSync(new URL('../docs/openapi.json', WEB), 'utf8'));
// What has a default may be left out, in requests and in answers.
const types = await openapiTS(document, { defaultNonNullable: false });
writeFileSync(new URL('src/lib/api/schema.ts', WEB), astToString(types));
