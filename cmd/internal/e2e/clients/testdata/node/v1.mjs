import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import assert from 'node:assert/strict';
import { answer, flow, target } from './flow.mjs';

const asked = [];
const client = new Client({ name: 'v1', version: '1' }, { capabilities: { elicitation: { form: {}, url: {} } } });
client.setRequestHandler(ElicitRequestSchema, answer(asked));
client.onerror = error => assert.fail(error);
await client.connect(new StdioClientTransport(target));
await client.ping();
await flow(client, asked);
