#!/usr/bin/env bash
# The first thing that a server made with the Kotlin SDK says is no message.
#
# On stdio a server must write nothing but protocol messages to stdout. With the MCP
# Kotlin SDK 0.16.0 and nothing else, the first line is "kotlin-logging:
# initializing... active logger factory: Slf4jLoggerFactory": kotlin-logging 8.0.4,
# which the SDK brings, announces itself there, not on stderr, before the answer to
# initialize. A client that reads strictly has lost its server by then. The system
# property kotlin-logging.logStartupMessage=false prevents it.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.modelcontextprotocol</groupId><artifactId>kotlin-sdk-server-jvm</artifactId><version>0.16.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib >mvn.log
[ -f lib/kotlin-logging-jvm-8.0.4.jar ]
cat > Server.java <<'JAVA'
import io.modelcontextprotocol.kotlin.sdk.server.ServerOptions;
import io.modelcontextprotocol.kotlin.sdk.server.ServerSession;
import io.modelcontextprotocol.kotlin.sdk.server.StdioServerTransport;
import io.modelcontextprotocol.kotlin.sdk.types.Implementation;
import io.modelcontextprotocol.kotlin.sdk.types.ServerCapabilities;
import kotlin.Unit;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.io.CoreKt;
import kotlinx.io.JvmCoreKt;

class Server {
    public static void main(String[] args) throws Exception {
        var name = new Implementation("phone-book", "1", null, null, null);
        var server = new io.modelcontextprotocol.kotlin.sdk.server.Server(name, new ServerOptions(new ServerCapabilities()), "", s -> Unit.INSTANCE);
        var stdio = new StdioServerTransport(CoreKt.buffered(JvmCoreKt.asSource(System.in)), CoreKt.buffered(JvmCoreKt.asSink(System.out)), b -> Unit.INSTANCE);
        BuildersKt.<ServerSession>runBlocking(EmptyCoroutineContext.INSTANCE, (scope, continuation) -> server.createSession(stdio, continuation));
        Thread.sleep(60_000); // the reader ends it
    }
}
JAVA
javac -nowarn -cp 'lib/*' Server.java
said() { # the lines up to the answer
  coproc java "$@" -cp '.:lib/*' Server 2>/dev/null
  local line
  echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"client","version":"1"}}}' >&"${COPROC[1]}"
  while read -r -t 60 line <&"${COPROC[0]}"; do
    echo "$line"
    case $line in '{'*) break ;; esac
  done
  kill "$COPROC_PID"; wait "$COPROC_PID" 2>/dev/null || true
}
out=$(said)
echo "$out"
[ "$(wc -l <<<"$out")" = 2 ]
[ "$(head -1 <<<"$out")" = 'kotlin-logging: initializing... active logger factory: Slf4jLoggerFactory' ]
[ "$(said -Dkotlin-logging.logStartupMessage=false | wc -l)" = 1 ]
echo 'as found'
