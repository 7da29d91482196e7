#!/usr/bin/env bash
# A tool that has not answered in time counts as one that has.
#
# LangChain4j 1.18.1-beta28 throws when a tool answers with isError. When the tool
# does not answer within toolExecutionTimeout (60 s unless set) one would expect the
# same, or at least the mark. But it returns a result with isError() false and the
# text "There was a timeout executing the tool": a program that looks at the mark
# takes it for the tool's own words, also where the tool goes on and does its work.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>dev.langchain4j</groupId><artifactId>langchain4j-mcp</artifactId><version>1.18.1-beta28</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib >mvn.log
cat > server.py <<'PY'
import json, sys, time

for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    method, result = asked["method"], {}
    if method == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "post-office", "version": "1"}}
    if method == "tools/list":
        result = {"tools": [{"name": "send", "description": "send a letter", "inputSchema": {"type": "object", "properties": {}}}]}
    if method == "tools/call":
        if sys.argv[1] == "slow":
            time.sleep(4)
        result = {"content": [{"type": "text", "text": "no stamps left"}], "isError": True}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
PY
cat > Client.java <<'JAVA'
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import java.time.Duration;
import java.util.List;

class Client {
    public static void main(String[] args) throws Exception {
        for (var mode : new String[] {"quick", "slow"}) {
            var server = new StdioMcpTransport.Builder().command(List.of("python3", "server.py", mode)).build();
            try (var client = new DefaultMcpClient.Builder().transport(server).toolExecutionTimeout(Duration.ofSeconds(2)).build()) {
                var result = client.executeTool(ToolExecutionRequest.builder().name("send").arguments("{}").build());
                System.out.println("error " + result.isError() + ": " + result.resultText());
            } catch (ToolExecutionException e) {
                System.out.println("thrown: " + e.getMessage());
            }
        }
    }
}
JAVA
javac -nowarn -cp 'lib/*' Client.java
out=$(java -cp '.:lib/*' Client 2>/dev/null)
echo "$out"
[ "$out" = 'thrown: no stamps left
error false: There was a timeout executing the tool' ]
echo 'as found'
