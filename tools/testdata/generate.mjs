// Writes mcp-REVISION.schema.json from the per-revision wire schemas inside the
// official TypeScript client. How to run it: README.md in this folder.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;
const require = createRequire(path.join(process.cwd(), 'package.json'));
const dist = path.dirname(require.resolve('@modelcontextprotocol/client'));
// The schema builders are not exported: load a copy of their module that exports them.
const bundle = fs.readdirSync(dist).find(name => /^src-.*\.mjs$/.test(name));
const copy = path.join(dist, 'generate-copy.mjs');
fs.writeFileSync(copy, fs.readFileSync(path.join(dist, bundle), 'utf8') + '\nexport { buildSchemas2025, buildSchemas2026 };\n');
const { buildSchemas2025, buildSchemas2026 } = await import(pathToFileURL(copy));
fs.rmSync(copy);
const core = await import(pathToFileURL(require.resolve('@modelcontextprotocol/core').replace(/\.cjs$/, '.mjs')));
const z = await import(pathToFileURL(require.resolve('zod')));

const envelopes = ['JSONRPCRequest', 'JSONRPCNotification', 'JSONRPCErrorResponse'];
for (const [revision, schemas] of [['2025-11-25', buildSchemas2025()], ['2026-07-28', buildSchemas2026()]]) {
  const registry = z.registry();
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema?._zod && name.endsWith('Schema')) registry.add(schema, { id: name.slice(0, -'Schema'.length) });
  }
  for (const name of envelopes) registry.add(core[name + 'Schema'], { id: name });
  const made = z.toJSONSchema(registry, { io: 'input', unrepresentable: 'any', uri: id => '#/$defs/' + id }).schemas;
  const $defs = {};
  for (const name of Object.keys(made).sort()) {
    const { $schema, $id, ...definition } = made[name];
    $defs[name] = definition;
  }
  const text = JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', $defs }, null, 1);
  fs.writeFileSync(path.join(here, `mcp-${revision}.schema.json`), text + '\n');
}
