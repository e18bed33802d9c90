package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.ByteArrayOutputStream;

/** A function's code, however it is called. */
interface Handler {
    /** Handles an event; what is in `output` afterwards is the response. Throws whatever the function throws. */
    void call(byte[] event, ByteArrayOutputStream output, Context context) throws Throwable;
}
