package gatewright.lambda;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What is wrong with the function itself: reported as an error without a stack trace. */
final class UserFault extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String OURS = "gatewright.lambda.";

    final String text;
    /** The class of the exception behind it, or null. */
    final String type;
    /** That exception's stack trace as it is printed, or null. */
    final String trace;
    /** Whether INIT fails, rather than every invocation. */
    final boolean isFatal;

    UserFault(String text, String type, String trace, boolean isFatal) {
        super(text);
        this.text = text;
        this.type = type;
        this.trace = trace;
        this.isFatal = isFatal;
    }

    static UserFault of(String text) {
        return new UserFault(text, null, null, false);
    }

    static UserFault of(Throwable error, boolean isFatal) {
        return new UserFault(textOf(error), error.getClass().getName(), printed(error), isFatal);
    }

    /** Returns the error object for the Runtime API. */
    byte[] toJson() {
        return errorObject(text, type, null);
    }

    /** Returns the error object of what the function threw. */
    static byte[] toJson(Throwable error) {
        StackTraceElement[] elements = withoutOurs(error).getStackTrace();
        String[] trace = new String[elements.length];
        for (int index = 0; index < elements.length; index++) {
            trace[index] = elements[index].toString();
        }
        return errorObject(textOf(error), error.getClass().getName(), trace);
    }

    /** Returns what goes to the log. */
    String report() {
        if (type == null && trace == null) {
            return text + "\n";
        }
        return text + ": " + (type == null ? "" : type) + "\n" + (trace == null ? "" : trace) + "\n";
    }

    private static byte[] errorObject(String text, String type, String[] trace) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("errorMessage", text);
        members.put("errorType", type);
        members.put("stackTrace", trace);
        return JsonWriter.toBytes(members);
    }

    private static String textOf(Throwable error) {
        String text = error.getLocalizedMessage();
        return text == null ? error.getClass().getName() : text;
    }

    static String printed(Throwable error) {
        StringWriter text = new StringWriter();
        withoutOurs(error).printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** Cuts stack traces where the bootstrap begins, those of causes and suppressed exceptions too. */
    static <T extends Throwable> T withoutOurs(T error) {
        cut(error, Collections.newSetFromMap(new IdentityHashMap<>()));
        return error;
    }

    private static void cut(Throwable error, Set<Throwable> seen) {
        if (error == null || !seen.add(error)) {
            return;
        }
        StackTraceElement[] trace = error.getStackTrace();
        for (int index = 0; index < trace.length; index++) {
            if (trace[index].getClassName().startsWith(OURS)) {
                StackTraceElement[] theirs = new StackTraceElement[index];
                System.arraycopy(trace, 0, theirs, 0, index);
                error.setStackTrace(theirs);
                break;
            }
        }
        cut(error.getCause(), seen);
        for (Throwable suppressed : error.getSuppressed()) {
            cut(suppressed, seen);
        }
    }
}
