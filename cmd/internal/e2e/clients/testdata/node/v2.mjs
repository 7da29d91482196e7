import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import assert from 'node:assert/strict';
import { answer, flow, target } from './flow.mjs';

const mode = process.argv[3];
const asked = [];
const client = new Client({ name: 'v2', version: '1' }, { capabilities: { elicitation: { form: {}, url: {} } }, versionNegotiation: { mode } });
client.setRequestHandler('elicitation/create', answer(asked));
client.onerror = error => assert.fail(error);
await client.connect(new StdioClientTransport(target));
assert.equal(client.getNegotiatedProtocolVersion(), mode === 'auto' ? '2026-07-28' : '2025-11-25');
await flow(client, asked);
