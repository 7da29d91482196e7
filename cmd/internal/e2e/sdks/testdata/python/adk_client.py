"""google-adk gives its agents each result as it came, as a dict."""
import asyncio, json, os, sys
from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams
from mcp import StdioServerParameters
from lines import serve


async def main():
    server = StdioServerParameters(command=sys.argv[1], args=["serve"], env=dict(os.environ))
    toolset = McpToolset(connection_params=StdioConnectionParams(server_params=server, timeout=30))
    tools = {tool.name: tool for tool in await toolset.get_tools()}

    async def call(tool, arguments):
        result = await tools[tool].run_async(args=arguments, tool_context=None)
        return json.dumps(result, ensure_ascii=False)

    await serve(call)
    await toolset.close()


asyncio.run(main())
