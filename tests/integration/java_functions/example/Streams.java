package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A handler of octets; its static initializer runs in INIT. */
public class Streams implements RequestStreamHandler {
    static {
        System.out.println("initialized");
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        output.write('[');
        int octet;
        while ((octet = input.read()) >= 0) {
            output.write(octet);
        }
        output.write(']');
    }
}
