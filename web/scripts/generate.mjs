// Writes the client's types from docs/openapi.json. `upcoming.json`, while it is there, adds what the
// service is about to have; delete it once docs/openapi.json has it all.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import openapiTS, { astToString } from 'openapi-typescript';

const WEB = new URL('../', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, WEB), 'utf8'));

const document = read('../docs/openapi.json');
if (existsSync(new URL('upcoming.json', WEB))) {
  const { paths, components } = read('upcoming.json');
  for (const [path, methods] of Object.entries(paths)) document.paths[path] = { ...methods, ...document.paths[path] };
  Object.assign(document.components.schemas, components.schemas);
}
// What has a default may be left out, in requests and in answers.
const types = await openapiTS(document, { defaultNonNullable: false });
writeFileSync(new URL('src/lib/api/schema.ts', WEB), astToString(types));
