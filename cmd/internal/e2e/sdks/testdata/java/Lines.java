import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** Each line of stdin is a call, made at once: id, tool, arguments. Each of stdout is what came of one. */
final class Lines {
    interface Caller {
        String call(String tool, String arguments) throws Exception;
    }

    static void serve(String protocol, Caller caller) throws Exception {
        say("0", protocol);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var threads = Executors.newCachedThreadPool();
        var running = CompletableFuture.completedFuture((Void) null);
        for (String line; (line = in.readLine()) != null; ) {
            var words = line.split("\t");
            var call = CompletableFuture.runAsync(() -> say(words[0], text(caller, words)), threads);
            running = running.thenCombine(call, (a, b) -> null);
        }
        running.get();
        threads.shutdown();
    }

    private static String text(Caller caller, String[] words) {
        try {
            return caller.call(words[1], words[2]);
        } catch (Throwable problem) {
            return String.valueOf(problem.getMessage());
        }
    }

    static final boolean FORMS = System.getenv("FORMS") != null;

    /** The person at a form, who agrees. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> answer(String message, Map<String, Object> schema) {
        say("form", message);
        var answer = ((Map<String, Map<String, Object>>) schema.get("properties")).get("answer");
        return Map.of("answer", ((List<?>) answer.get("enum")).get(0));
    }

    /** Prints one line, the text as JSON. */
    private static synchronized void say(String id, String text) {
        var json = new StringBuilder();
        for (char c : text.toCharArray()) {
            json.append(c < ' ' || c == '"' || c == '\\' || c > '~' ? String.format("\\u%04x", (int) c) : c);
        }
        System.out.println(id + "\t\"" + json + "\"");
    }
}
