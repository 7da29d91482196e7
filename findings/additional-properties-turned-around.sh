#!/usr/bin/env bash
# A word of a schema that two libraries turn into its contrary.
#
# additionalProperties says whether a tool takes other arguments than those it names: a table
# of labels does (a schema), a form does not (false). One would expect a model to get the word
# as the tool has it. @ai-sdk/mcp 2.0.99 always writes false, so that no model gives the table
# a label; @openai/agents 0.20.0 always writes true, so that a model is told of a freedom
# whose use the form refuses. Both say it to the model in the name of the tool.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
npm install --silent --no-audit --no-fund --prefix . @ai-sdk/mcp@2.0.99 @openai/agents@0.20.0 zod@4.1.13 node@22.12.0 >/dev/null 2>&1
cat > server.py <<'PY'
import json, sys

text = {"type": "string"}
tools = [{"name": name, "description": name, "inputSchema": {"type": "object", "properties": {"color": text}, "additionalProperties": more}}
         for name, more in (("table", text), ("form", False))]
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    answer = {"error": {"code": -32601, "message": "Method not found"}}
    if asked["method"] == "initialize":
        answer = {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "labels", "version": "1"}}}
    if asked["method"] == "tools/list":
        answer = {"result": {"tools": tools}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
PY
cat > client.mjs <<'JS'
import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';
import { Agent, getAllMcpTools, MCPServerStdio, RunContext } from '@openai/agents';

const server = { command: 'python3', args: ['server.py'] };
const client = await createMCPClient({ transport: new Experimental_StdioMCPTransport(server) });
for (const [name, tool] of Object.entries(await client.tools()))
  console.log('@ai-sdk/mcp', name, (await tool.inputSchema.jsonSchema).additionalProperties);
await client.close();

const stdio = new MCPServerStdio(server);
await stdio.connect();
for (const tool of await getAllMcpTools({ mcpServers: [stdio], runContext: new RunContext(), agent: new Agent({ name: 'a' }) }))
  console.log('@openai/agents', tool.name, tool.parameters.additionalProperties);
await stdio.close();
JS
out=$(node_modules/node/bin/node client.mjs 2>/dev/null)
echo "$out"
[ "$out" = '@ai-sdk/mcp table false
@ai-sdk/mcp form false
@openai/agents table true
@openai/agents form true' ]
echo 'as found'
