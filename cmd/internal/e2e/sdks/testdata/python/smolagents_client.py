"""smolagents gives its agents the tools as plain functions."""
import asyncio, os, sys
from mcp import StdioServerParameters
from smolagents import MCPClient
from lines import serve

with MCPClient(StdioServerParameters(command=sys.argv[1], args=["serve"], env=dict(os.environ)), structured_output=False) as tools:
    functions = {tool.name: tool for tool in tools}

    async def call(tool, arguments):
        return await asyncio.to_thread(functions[tool], **arguments)

    asyncio.run(serve(call))
