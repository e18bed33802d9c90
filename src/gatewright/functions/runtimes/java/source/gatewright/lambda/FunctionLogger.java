package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntimeInternal;
import com.amazonaws.services.lambda.runtime.logging.LogFormat;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The function's log: standard output, one line for each message at least.
 *
 * <p>Source: "Log and monitor Java Lambda functions" and "Configuring advanced logging controls", Lambda Developer Guide.
 */
final class FunctionLogger implements LambdaLogger {
    private static final String[] LOG4J_CONTEXTS = {"org.apache.logging.log4j.ThreadContext", "org.apache.log4j.MDC"};

    private final boolean isJson;
    private final LogLevel least;
    private String requestId;
    private String tenantId;

    FunctionLogger(LogFormat format, LogLevel least) {
        isJson = format == LogFormat.JSON;
        this.least = least;
    }

    static FunctionLogger fromEnvironment() {
        String format = System.getenv("AWS_LAMBDA_LOG_FORMAT");
        String level = System.getenv("AWS_LAMBDA_LOG_LEVEL");
        return new FunctionLogger(
                format == null ? LogFormat.TEXT : LogFormat.fromString(format),
                level == null ? LogLevel.UNDEFINED : LogLevel.fromString(level));
    }

    /** Names the invocation whose messages follow. */
    void setRequest(String requestId, String tenantId) {
        this.requestId = requestId;
        this.tenantId = tenantId;
        if (LambdaRuntimeInternal.getUseLog4jAppender()) {
            tellLog4j(requestId);
        }
    }

    void logFault(UserFault fault) {
        log(fault.report(), isJson ? LogLevel.ERROR : LogLevel.UNDEFINED);
    }

    @Override
    public void log(String message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(byte[] message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(String message, LogLevel level) {
        if (isEnabled(level)) {
            print((isJson ? asJson(message, level) : asText(message, level)).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void log(byte[] message, LogLevel level) {
        if (isEnabled(level)) {
            print(message == null ? "null".getBytes(StandardCharsets.UTF_8) : message);
        }
    }

    private boolean isEnabled(LogLevel level) {
        return level == LogLevel.UNDEFINED || level.compareTo(least) >= 0;
    }

    private static String asText(String message, LogLevel level) {
        return level == LogLevel.UNDEFINED ? String.valueOf(message) : "[" + level + "] " + message;
    }

    private String asJson(String message, LogLevel level) {
        Map<String, Object> members = new LinkedHashMap<>();
        String now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        members.put("timestamp", now.length() == 20 ? now.substring(0, 19) + ".000Z" : now);
        members.put("message", message);
        members.put("level", level);
        members.put("AWSRequestId", requestId);
        members.put("tenantId", tenantId);
        return new String(JsonWriter.toBytes(members), StandardCharsets.UTF_8);
    }

    private static void print(byte[] message) {
        boolean isLine = message.length > 0 && message[message.length - 1] == '\n';
        byte[] line = message;
        if (!isLine) {
            line = new byte[message.length + 1];
            System.arraycopy(message, 0, line, 0, message.length);
            line[message.length] = '\n';
        }
        System.out.write(line, 0, line.length);
    }

    private static void tellLog4j(String requestId) {
        for (String name : LOG4J_CONTEXTS) {
            try {
                Class<?> context = Class.forName(name);
                for (Method method : context.getMethods()) {
                    if (method.getName().equals("put") && method.getParameterCount() == 2) {
                        method.invoke(null, "AWSRequestId", requestId);
                    }
                }
                return;
            } catch (ReflectiveOperationException error) {
                continue; // the other one may be there
            }
        }
    }
}
