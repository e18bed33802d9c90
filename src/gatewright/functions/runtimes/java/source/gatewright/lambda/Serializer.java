package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.Iterator;
import java.util.ServiceLoader;

/** Makes values of one type from JSON, and JSON from them. */
interface Serializer {
    String OWN = "META-INF/services/" + CustomPojoSerializer.class.getName();

    Object read(byte[] json) throws IOException;

    void write(Object value, OutputStream output) throws IOException;

    /** Returns the function's own serializer, if it brings one, else ours. */
    static Serializer of(Type type) {
        // Asked for by its name first: the service loader costs more than a look at the class path.
        if (ClassLoader.getSystemResource(OWN) == null) {
            return ours(type);
        }
        Iterator<CustomPojoSerializer> found = ServiceLoader.load(CustomPojoSerializer.class).iterator();
        CustomPojoSerializer first = found.next();
        if (found.hasNext()) {
            throw UserFault.of(
                    "Too many serializers provided inside the META-INF/services folder, only one is allowed");
        }
        return new Serializer() {
            @Override
            public Object read(byte[] json) {
                return first.fromJson(new ByteArrayInputStream(json), type);
            }

            @Override
            public void write(Object value, OutputStream output) {
                first.toJson(value, output, type);
            }
        };
    }

    /** Returns what reads and writes as Lambda's own does. */
    static Serializer ours(Type type) {
        return new Serializer() {
            @Override
            public Object read(byte[] json) {
                return Values.make(JsonReader.read(json), type);
            }

            @Override
            public void write(Object value, OutputStream output) throws IOException {
                output.write(JsonWriter.toBytes(value));
            }
        };
    }
}
