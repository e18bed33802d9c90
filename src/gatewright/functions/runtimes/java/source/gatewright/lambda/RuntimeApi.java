package gatewright.lambda;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The Runtime API over one connection ("Using the Lambda runtime API for custom runtimes").
 *
 * <p>It is spoken directly, since the HTTP clients of the JDK take tens of milliseconds to load. Every answer of the host
 * has a Content-Length.
 */
final class RuntimeApi {
    private static final String PREFIX = "/2018-06-01/runtime/";
    private static final int ONE_WRITE_BYTES = 1 << 16;

    /** The host has hung up, or does not want this runtime any more. */
    static final class Gone extends IOException {
        private static final long serialVersionUID = 1L;

        Gone(String message) {
            super(message);
        }
    }

    /** What the host answered to a request. */
    static final class Answer {
        final int status;
        final byte[] body;
        private final Map<String, String> headers;

        Answer(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        /** Returns a field by its name in lower case, or null. */
        String header(String name) {
            return headers.get(name);
        }
    }

    private final InputStream input;
    private final OutputStream output;
    private final String host;
    private final byte[] askNext;

    private RuntimeApi(Socket socket, String host) throws IOException {
        input = new BufferedInputStream(socket.getInputStream(), 1 << 14);
        output = socket.getOutputStream();
        this.host = host;
        askNext = ascii("GET " + PREFIX + "invocation/next HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    /** Connects to `host:port`. */
    static RuntimeApi connect(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
        return new RuntimeApi(socket, address);
    }

    /** Waits for the next invocation. */
    Invocation next() throws IOException {
        output.write(askNext);
        Answer answer = read();
        if (answer.status != 200) {
            throw new Gone("invocation/next was answered with " + answer.status);
        }
        return new Invocation(answer);
    }

    /** Answers an invocation. What the host thinks of the response, such as that it is too large, it tells the caller. */
    void respond(String requestId, ByteArrayOutputStream response) throws IOException {
        post("invocation/" + requestId + "/response", "", response.toByteArray());
    }

    void reportError(String requestId, String type, byte[] error) throws IOException {
        post("invocation/" + requestId + "/error", "Lambda-Runtime-Function-Error-Type: " + type + "\r\n", error);
    }

    void reportInitError(byte[] error) throws IOException {
        post("init/error", "Lambda-Runtime-Function-Error-Type: Runtime.BadFunctionCode\r\n", error);
    }

    private void post(String path, String fields, byte[] body) throws IOException {
        byte[] head = ascii("POST " + PREFIX + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\n"
                + fields + "Content-Length: " + body.length + "\r\n\r\n");
        if (head.length + body.length <= ONE_WRITE_BYTES) {
            byte[] whole = new byte[head.length + body.length];
            System.arraycopy(head, 0, whole, 0, head.length);
            System.arraycopy(body, 0, whole, head.length, body.length);
            output.write(whole);
        } else {
            output.write(head);
            output.write(body);
        }
        read();
    }

    private Answer read() throws IOException {
        String line = readLine();
        int status = Integer.parseInt(line.substring(9, 12));
        Map<String, String> headers = new HashMap<>();
        while (!(line = readLine()).isEmpty()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
        }
        String length = headers.get("content-length");
        if (length == null) {
            throw new IOException("the host answered without a Content-Length");
        }
        byte[] body = new byte[Integer.parseInt(length)];
        for (int count = 0, read; count < body.length; count += read) {
            read = input.read(body, count, body.length - count);
            if (read < 0) {
                throw new EOFException();
            }
        }
        return new Answer(status, headers, body);
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        int octet;
        while ((octet = input.read()) != '\n') {
            if (octet < 0) {
                throw new Gone("the host has hung up");
            }
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return new String(line.toByteArray(), StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
