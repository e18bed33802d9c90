package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Runs a function of its own once, against a host of its own, and prints as JSON what virtual machine this is.
 *
 * <p>What it loads is what every function needs: the virtual machine puts it into an archive at its exit
 * (`-XX:ArchiveClassesAtExit`), from which environments load it in a fraction of the time.
 */
public final class Training {
    private static final String EVENT = "{\"name\":\"\\u00e4\",\"count\":1,\"parts\":[1.5],\"more\":{\"a\":true}}";
    private static final String[] ANSWERS = {
        "200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: 0\r\nContent-Length: "
                + EVENT.length() + "\r\n\r\n" + EVENT,
        "202 Accepted\r\nContent-Length: 2\r\n\r\n{}",
    };

    private Training() {}

    /** What the function of the training takes. */
    public static final class Order {
        private String name;
        private int count;
        private List<Double> parts;
        private Map<String, Object> more;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }

        public List<Double> getParts() {
            return parts;
        }

        public void setParts(List<Double> parts) {
            this.parts = parts;
        }

        public Map<String, Object> getMore() {
            return more;
        }

        public void setMore(Map<String, Object> more) {
            this.more = more;
        }
    }

    /** The function of the training. */
    public static final class Function implements RequestHandler<Order, Order> {
        @Override
        public Order handleRequest(Order order, Context context) {
            context.getRemainingTimeInMillis();
            return order;
        }
    }

    public static void main(String[] arguments) throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread host = new Thread(() -> answer(listening));
            host.setDaemon(true);
            host.start();
            Main.serve("127.0.0.1:" + listening.getLocalPort(), Function.class.getName());
        } catch (RuntimeApi.Gone gone) {
            System.out.println("{\"version\": \"" + System.getProperty("java.version") + "\", \"home\": \""
                    + System.getProperty("java.home") + "\"}");
        }
    }

    /** Answers each request with the next of the answers, then hangs up. */
    private static void answer(ServerSocket listening) {
        try (Socket socket = listening.accept()) {
            InputStream input = socket.getInputStream();
            OutputStream output = socket.getOutputStream();
            byte[] request = new byte[1 << 14];
            for (String answer : ANSWERS) {
                if (input.read(request) < 0) {
                    return;
                }
                output.write(("HTTP/1.1 " + answer).getBytes(StandardCharsets.UTF_8));
            }
            input.read(request);
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }
}
