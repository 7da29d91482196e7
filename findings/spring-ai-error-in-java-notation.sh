#!/usr/bin/env bash
# What a model reads of a failed tool is a Java object, printed.
#
# A tool answers with isError and one text. The model is meant to read the text; of
# a success it does, as JSON. Spring AI 2.0.1 turns a failure into an exception whose
# message, which is what the model gets, is toString of the list of contents:
# "Error calling tool: [TextContent[annotations=null, text=…, meta=null]]". Whatever
# ends the text runs into what follows: an address is read with a comma behind it.
# MCP Java SDK 2.0.0, which it brings; a server of twenty lines of Python.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.springframework.ai</groupId><artifactId>spring-ai-mcp</artifactId><version>2.0.1</version></dependency>
    <dependency><groupId>com.fasterxml.jackson.core</groupId><artifactId>jackson-annotations</artifactId><version>2.22</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib >mvn.log
cat > server.py <<'PY'
import json, sys

for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    method, result = asked["method"], {}
    if method == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "phone-book", "version": "1"}}
    if method == "tools/list":
        result = {"tools": [{"name": "find", "description": "find people", "inputSchema": {"type": "object", "properties": {}}}]}
    if method == "tools/call":
        text = {"type": "text", "text": "log in first: https://example.com/login"}
        result = {"content": [text], "isError": sys.argv[1] == "fail"}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > Client.java <<'JAVA'
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;
import org.springframework.ai.tool.execution.DefaultToolExecutionExceptionProcessor;
import org.springframework.ai.tool.execution.ToolExecutionException;

class Client {
    public static void main(String[] args) {
        for (var mode : new String[] {"succeed", "fail"}) {
            var server = ServerParameters.builder("python3").args("server.py", mode).build();
            try (var client = McpClient.sync(new StdioClientTransport(server, McpJsonDefaults.getMapper())).build()) {
                client.initialize();
                var tool = new SyncMcpToolCallbackProvider(client).getToolCallbacks()[0];
                try {
                    System.out.println(tool.call("{}"));
                } catch (ToolExecutionException e) {
                    System.out.println(DefaultToolExecutionExceptionProcessor.builder().build().process(e)); // what the model gets
                }
            }
        }
    }
}
JAVA
javac -nowarn -cp 'lib/*' Client.java 2>/dev/null
out=$(java -cp '.:lib/*' Client 2>/dev/null)
echo "$out"
[ "$out" = '[{"text":"log in first: https://example.com/login"}]
Error calling tool: [TextContent[annotations=null, text=log in first: https://example.com/login, meta=null]]' ]
echo 'as found'
