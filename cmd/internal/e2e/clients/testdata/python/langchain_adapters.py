"""langchain-mcp-adapters turns the tools into LangChain's, and starts a server for each call."""
import asyncio, json, sys
from langchain_mcp_adapters.client import MultiServerMCPClient


async def main():
    client = MultiServerMCPClient({"kakaotalk": {"transport": "stdio", "command": sys.argv[1], "args": ["serve"]}})
    tools = {tool.name: tool for tool in await client.get_tools()}
    for line in sys.stdin:
        call = json.loads(line)
        message = await tools[call["tool"]].ainvoke({"type": "tool_call", "id": "1", "name": call["tool"], "args": call["arguments"]})
        text = message.content if isinstance(message.content, str) else "\n".join(block["text"] for block in message.content)
        print(json.dumps({"text": text, "error": message.status == "error"}), flush=True)


asyncio.run(main())
