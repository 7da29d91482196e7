import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema;

/** The official Java SDK. */
final class JavaSdk {
    public static void main(String[] args) throws Exception {
        var mapper = McpJsonDefaults.getMapper();
        var server = ServerParameters.builder(args[0]).args("serve").env(System.getenv()).build();
        var spec = McpClient.sync(new StdioClientTransport(server, mapper));
        if (Lines.FORMS) {
            spec.capabilities(McpSchema.ClientCapabilities.builder().elicitation().build()).elicitation(form ->
                new McpSchema.ElicitResult(McpSchema.ElicitResult.Action.ACCEPT, Lines.answer(form.message(), form.requestedSchema())));
        }
        try (var client = spec.build()) {
            Lines.serve(client.initialize().protocolVersion(), (tool, arguments) -> {
                var request = McpSchema.CallToolRequest.builder(tool).arguments(mapper, arguments).build();
                var text = new StringBuilder();
                for (var content : client.callTool(request).content()) {
                    text.append(((McpSchema.TextContent) content).text());
                }
                return text.toString();
            });
        }
    }
}
