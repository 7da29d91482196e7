#!/usr/bin/env bash
# Of what a tool needs, the model hears that it needs everything.
#
# A tool declares three arguments and requires one. DSPy 3.4.1 makes its own tool of it
# (Tool.from_mcp_tool), and in the form that models with function calling get, each argument
# without a default is required: "required": ["to", "link", "image"]. A model that keeps to
# that has to invent a link and an image. Null instead is refused by DSPy itself, as not a
# string. In the form for other models, "required" is left out altogether.
# MCP Python SDK 2.3.0 beside it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check dspy==3.4.1 mcp==2.3.0 2>/dev/null
cat > client.py <<'PY'
import asyncio, json
import dspy
from mcp import types

text = {"type": "string"}
schema = {"type": "object", "properties": {"to": text, "link": text, "image": text}, "required": ["to"]}

class Session:
    async def call_tool(self, name, arguments):
        return types.CallToolResult(content=[types.TextContent(type="text", text=json.dumps(arguments))])

async def main():
    tool = dspy.Tool.from_mcp_tool(Session(), types.Tool(name="send", description="send a card", input_schema=schema))
    print(json.dumps(tool.format_as_litellm_function_call()["function"]["parameters"]["required"]))
    print("required" in str(tool))
    print(await tool.acall(to="Kim"))
    try:
        print(await tool.acall(to="Kim", link=None, image=None))
    except ValueError as e:
        print(e)

asyncio.run(main())
PY
out=$(venv/bin/python client.py 2>/dev/null)
echo "$out"
[ "$out" = '["to", "link", "image"]
False
{"to": "Kim"}
Arg link is invalid: None is not of type '"'string'"'' ]
echo 'as found'
