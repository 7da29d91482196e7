"""An agent of the OpenAI Agents SDK: the model decides on the calls."""
import asyncio, sys
from agents import Agent, Runner, set_tracing_disabled
from agents.mcp import MCPServerStdio

set_tracing_disabled(True)


async def main():
    async with MCPServerStdio({"command": sys.argv[1], "args": ["serve"]}, client_session_timeout_seconds=60) as server:
        agent = Agent(name="secretary", model="scripted", mcp_servers=[server])
        print((await Runner.run(agent, "go")).final_output)


asyncio.run(main())
