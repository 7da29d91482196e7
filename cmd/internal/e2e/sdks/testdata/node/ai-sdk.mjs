// The AI SDK gives its models what toModelOutput makes of a result.
import { ElicitationRequestSchema, createMCPClient } from '@ai-sdk/mcp';
import { StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';
import { answer, era, forms, serve, target } from './lines.mjs';

const client = await createMCPClient({ transport: new StdioMCPTransport(target), protocolVersionDiscovery: era === 'modern', ...(forms && { capabilities: { elicitation: {} } }) });
if (forms) client.onElicitationRequest(ElicitationRequestSchema, ({ params }) => answer(params));
const tools = await client.tools();
await serve(async (name, args) => {
  const output = await tools[name].execute(args, { toolCallId: '1', messages: [] });
  const { value } = await tools[name].toModelOutput({ toolCallId: '1', input: args, output });
  return typeof value === 'string' ? value : value.map(part => part.text ?? JSON.stringify(part)).join('');
}, client.protocolEra);
await client.close();
