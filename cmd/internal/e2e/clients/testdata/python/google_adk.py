"""The tools of Google's Agent Development Kit, which gives a call up after five seconds."""
import asyncio, json, sys
from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams
from mcp import StdioServerParameters


async def main():
    toolset = McpToolset(connection_params=StdioConnectionParams(server_params=StdioServerParameters(command=sys.argv[1], args=["serve"])))
    tools = {tool.name: tool for tool in await toolset.get_tools()}
    for line in sys.stdin:
        call = json.loads(line)
        try:
            result = await tools[call["tool"]].run_async(args=call["arguments"], tool_context=None)
            text, error = json.dumps(result, ensure_ascii=False), "error" in result or result.get("isError", False)
        except Exception as e:
            text, error = str(e), True
        print(json.dumps({"text": text, "error": error}), flush=True)
    await toolset.close()


asyncio.run(main())
