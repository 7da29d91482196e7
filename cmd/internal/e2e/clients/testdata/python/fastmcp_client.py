"""FastMCP's client makes the calls itself: standard input has them, a line each."""
import asyncio, json, sys
from fastmcp import Client


async def main():
    config = {"mcpServers": {"kakaotalk": {"command": sys.argv[1], "args": ["serve"]}}}
    async with Client(config) as client:
        for line in sys.stdin:
            call = json.loads(line)
            result = await client.call_tool(call["tool"], call["arguments"], raise_on_error=False)
            text = "\n".join(block.text for block in result.content)
            print(json.dumps({"text": text, "error": result.is_error}), flush=True)


asyncio.run(main())
