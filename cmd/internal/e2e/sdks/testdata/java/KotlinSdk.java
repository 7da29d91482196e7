import io.modelcontextprotocol.kotlin.sdk.client.Client;
import io.modelcontextprotocol.kotlin.sdk.client.ClientOptions;
import io.modelcontextprotocol.kotlin.sdk.client.StdioClientTransport;
import io.modelcontextprotocol.kotlin.sdk.types.CallToolResult;
import io.modelcontextprotocol.kotlin.sdk.types.Implementation;
import io.modelcontextprotocol.kotlin.sdk.types.TextContent;
import java.util.Map;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.io.CoreKt;
import kotlinx.io.JvmCoreKt;
import kotlinx.serialization.json.Json;
import kotlinx.serialization.json.JsonObject;

/** The official Kotlin SDK, called from Java; it leaves the server's process to its user. */
final class KotlinSdk {
    interface Suspending<T> {
        Object call(Continuation<? super T> continuation);
    }

    private static <T> T await(Suspending<T> call) throws InterruptedException {
        return BuildersKt.<T>runBlocking(EmptyCoroutineContext.INSTANCE, (scope, continuation) -> call.call(continuation));
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("kotlin-logging.logStartupMessage", "false"); // goes to stdout
        var server = new ProcessBuilder(args[0], "serve").redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var client = new Client(new Implementation("kotlin-sdk", "1", null, null, null), new ClientOptions());
        var transport = new StdioClientTransport(CoreKt.buffered(JvmCoreKt.asSource(server.getInputStream())), CoreKt.buffered(JvmCoreKt.asSink(server.getOutputStream())));
        KotlinSdk.<kotlin.Unit>await(continuation -> client.connect(transport, continuation));
        Lines.serve("", (tool, arguments) -> {
            var object = (JsonObject) Json.Default.parseToJsonElement(arguments);
            var result = KotlinSdk.<CallToolResult>await(continuation -> client.callTool(tool, object, Map.of(), null, continuation));
            var text = new StringBuilder();
            for (var content : result.getContent()) {
                text.append(((TextContent) content).getText());
            }
            return text.toString();
        });
        KotlinSdk.<kotlin.Unit>await(client::close);
        server.waitFor();
    }
}
