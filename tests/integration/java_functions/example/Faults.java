package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Everything that goes wrong. */
public class Faults implements RequestHandler<Map<String, Object>, Object> {
    private static int count;

    @Override
    public Object handleRequest(Map<String, Object> event, Context context) {
        count++;
        String kind = String.valueOf(event.get("kind"));
        switch (kind) {
            case "throw":
                throw new IllegalStateException("not now", new RuntimeException("the cause"));
            case "silent":
                throw new UnsupportedOperationException();
            case "exit":
                System.exit(3);
                return null;
            case "memory":
                List<byte[]> kept = new ArrayList<>();
                while (true) {
                    kept.add(new byte[1 << 20]);
                }
            case "forever":
                while (true) {
                    Thread.yield();
                }
            case "unwritable":
                return new Unwritable();
            default:
                return count;
        }
    }

    public String method(Map<String, Object> event) {
        throw new IllegalArgumentException("from a method");
    }

    public String number(int number) {
        return "never";
    }

    private String hidden(String event) {
        return "never";
    }

    public static class Unwritable {
        public String getName() {
            throw new IllegalStateException("no name");
        }
    }

    /** Fails in its constructor. */
    public static class Constructed implements RequestHandler<Object, Object> {
        public Constructed() {
            throw new IllegalStateException("cannot be made");
        }

        @Override
        public Object handleRequest(Object event, Context context) {
            return null;
        }
    }

    /** Fails in its static initializer. */
    public static class Initialized implements RequestHandler<Object, Object> {
        static final int VALUE = Integer.parseInt("none");

        @Override
        public Object handleRequest(Object event, Context context) {
            return VALUE;
        }
    }

    /** Has no interface. */
    public static class Bare {}
}
