import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;

/** Spring AI gives its models what a tool callback returns. */
final class SpringAi {
    public static void main(String[] args) throws Exception {
        var server = ServerParameters.builder(args[0]).args("serve").env(System.getenv()).build();
        try (var client = McpClient.sync(new StdioClientTransport(server, McpJsonDefaults.getMapper())).build()) {
            var protocol = client.initialize().protocolVersion();
            var tools = new SyncMcpToolCallbackProvider(client).getToolCallbacks();
            Lines.serve(protocol, (name, arguments) -> {
                for (var tool : tools) {
                    if (tool.getToolDefinition().name().endsWith(name)) {
                        return tool.call(arguments);
                    }
                }
                return "no tool " + name;
            });
        }
    }
}
