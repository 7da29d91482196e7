// Mastra gives its agents what a tool's execute returns.
import { MCPClient } from '@mastra/mcp';
import { answer, era, forms, serve, target } from './lines.mjs';

const client = new MCPClient({ servers: { kakaotalk: { ...target, ...(era === 'legacy' && { protocolVersion: 'legacy' }), ...(forms && { inputRequests: ({ params }) => answer(params) }) } } });
const tools = await client.listTools();
await serve(async (name, args) => {
  const result = await tools[`kakaotalk_${name}`].execute(args, {});
  return typeof result === 'string' ? result : JSON.stringify(result);
}, client.getServerProtocolVersions().kakaotalk);
await client.disconnect();
