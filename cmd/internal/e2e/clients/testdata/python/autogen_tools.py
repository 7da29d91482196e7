"""AutoGen's tools: a server for each call, which is given up after five seconds.

Its agents see of a refusal that a task group failed; what is printed here is the cause."""
import asyncio, json, sys
from autogen_core import CancellationToken
from autogen_ext.tools.mcp import StdioServerParams, mcp_server_tools


async def main():
    tools = {tool.name: tool for tool in await mcp_server_tools(StdioServerParams(command=sys.argv[1], args=["serve"]))}
    for line in sys.stdin:
        call = json.loads(line)
        try:
            content = await tools[call["tool"]].run_json(call["arguments"], CancellationToken())
            text, error = "\n".join(block.text for block in content), False
        except BaseException as e:
            while isinstance(e, BaseExceptionGroup):
                e = e.exceptions[0]
            text, error = str(e), True
        print(json.dumps({"text": text, "error": error}), flush=True)


asyncio.run(main())
