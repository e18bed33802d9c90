package example;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Methods that are handlers without any interface. */
public class Plain {
    public enum Color {
        RED,
        GREEN
    }

    public String text(String name, Context context) {
        return "hello " + name;
    }

    public int sum(List<Integer> numbers) {
        int sum = 0;
        for (int number : numbers) {
            sum += number;
        }
        return sum;
    }

    public Map<String, Object> object(Map<String, Object> event) {
        Map<String, Object> answer = new LinkedHashMap<>(event);
        answer.put("types", types(event));
        return answer;
    }

    private static List<String> types(Map<String, Object> event) {
        List<String> names = new ArrayList<>();
        for (Object value : event.values()) {
            names.add(value == null ? "null" : value.getClass().getSimpleName());
        }
        return names;
    }

    public BigDecimal exact(BigDecimal number) {
        return number;
    }

    public byte[] octets(byte[] octets) {
        return octets;
    }

    public Color[] colors(Color[] colors) {
        return colors;
    }

    public void nothing(Object event) {}

    public String only(Context context) {
        return context.getFunctionName();
    }

    public static String onlyStatic() {
        return "static";
    }

    public String overloaded(String event) {
        return "short";
    }

    public String overloaded(String event, Context context) {
        return "long";
    }

    public void streams(InputStream input, OutputStream output) throws Exception {
        int octet;
        while ((octet = input.read()) >= 0) {
            output.write(Character.toUpperCase(octet));
        }
    }

    public Map<String, Object> context(Object event, Context context) {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("requestId", context.getAwsRequestId());
        seen.put("logGroup", context.getLogGroupName());
        seen.put("logStream", context.getLogStreamName());
        seen.put("name", context.getFunctionName());
        seen.put("version", context.getFunctionVersion());
        seen.put("arn", context.getInvokedFunctionArn());
        seen.put("memory", context.getMemoryLimitInMB());
        seen.put("remaining", context.getRemainingTimeInMillis());
        seen.put("identity", context.getIdentity());
        seen.put("client", context.getClientContext() == null ? null : context.getClientContext().getCustom());
        seen.put("title", context.getClientContext() == null ? null : context.getClientContext().getClient().getAppTitle());
        seen.put("trace", System.getProperty("com.amazonaws.xray.traceHeader"));
        return seen;
    }

    public Map<String, Object> machine(Object event) throws Exception {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("version", System.getProperty("java.specification.version"));
        seen.put("heapMb", Runtime.getRuntime().maxMemory() >> 20);
        seen.put("encoding", java.nio.charset.Charset.defaultCharset().name());
        seen.put("root", System.getenv("LAMBDA_TASK_ROOT").equals(System.getProperty("user.dir")));
        java.io.File file = java.io.File.createTempFile("some", "thing");
        seen.put("temporary", file.exists());
        seen.put("execution", System.getenv("AWS_EXECUTION_ENV"));
        seen.put("collector", java.lang.management.ManagementFactory.getGarbageCollectorMXBeans().get(0).getName());
        return seen;
    }

    public String logs(Object event, Context context) {
        System.out.println("printed ä");
        System.err.println("to standard error");
        context.getLogger().log("logged");
        context.getLogger().log("octets".getBytes());
        context.getLogger().log("unimportant", com.amazonaws.services.lambda.runtime.logging.LogLevel.DEBUG);
        context.getLogger().log("important", com.amazonaws.services.lambda.runtime.logging.LogLevel.ERROR);
        return "done";
    }

    public String resource(Object event) {
        return String.valueOf(getClass().getResource("/note.txt") != null) + " " + library() + " " + layer();
    }

    private static String library() {
        return named("library.Library");
    }

    private static String layer() {
        return named("layered.Layered");
    }

    private static String named(String name) {
        try {
            return Class.forName(name).getDeclaredConstructor().newInstance().toString();
        } catch (ReflectiveOperationException error) {
            return "no " + name;
        }
    }
}
