import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import java.util.List;

/** LangChain4j gives its models the text of a result. */
final class LangChain4j {
    public static void main(String[] args) throws Exception {
        var server = new StdioMcpTransport.Builder().command(List.of(args[0], "serve")).build();
        try (var client = new DefaultMcpClient.Builder().transport(server).build()) {
            Lines.serve("", (tool, arguments) ->
                client.executeTool(ToolExecutionRequest.builder().name(tool).arguments(arguments).build()).resultText());
        }
    }
}
