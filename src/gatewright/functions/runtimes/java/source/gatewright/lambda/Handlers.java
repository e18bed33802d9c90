package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** The ways to call a handler: with values or with streams, by interface or by reflection. */
final class Handlers {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    /** Something that is called with a value, and with a context if it wants one. */
    interface Values {
        Object call(Object event, Context context) throws Throwable;
    }

    private Handlers() {}

    static Handler ofStreams(RequestStreamHandler handler) {
        return (event, output, context) -> handler.handleRequest(new ByteArrayInputStream(event), output, context);
    }

    /** `event` is the type that the event is made into; null when nobody wants it. */
    static Handler ofValues(Values handler, Type event, Type result) {
        Serializer reading = event == null ? null : Serializer.of(event);
        Serializer writing = isVoid(result) ? null : Serializer.of(result);
        return (octets, output, context) -> {
            Object value = reading == null ? null : read(reading, octets);
            Object answer = handler.call(value, context);
            if (writing == null) {
                output.write(NULL);
            } else {
                write(writing, answer, output);
            }
        };
    }

    static Handler ofMethod(Method method, Object target, Type event, boolean hasContext) {
        Values values = event == null
                ? (hasContext ? (value, context) -> invoke(method, target, context) : (value, context) -> invoke(method, target))
                : (hasContext
                        ? (value, context) -> invoke(method, target, value, context)
                        : (value, context) -> invoke(method, target, value));
        return ofValues(values, event, method.getGenericReturnType());
    }

    static Handler ofStreamMethod(Method method, Object target, boolean input, boolean output, boolean context) {
        if (!isVoid(method.getReturnType())) {
            System.err.println("Will ignore return type " + method.getReturnType() + " on byte stream handler");
        }
        return (event, response, invocation) -> {
            Object[] arguments = new Object[(input ? 1 : 0) + (output ? 1 : 0) + (context ? 1 : 0)];
            int next = 0;
            if (input) {
                arguments[next++] = new ByteArrayInputStream(event);
            }
            if (output) {
                arguments[next++] = response;
            }
            if (context) {
                arguments[next] = invocation;
            }
            invoke(method, target, arguments);
            if (!output) {
                response.write(NULL);
            }
        };
    }

    private static Object read(Serializer serializer, byte[] event) {
        try {
            return serializer.read(event);
        } catch (Throwable error) {
            throw new RuntimeException("An error occurred during JSON parsing", UserFault.withoutOurs(error));
        }
    }

    private static void write(Serializer serializer, Object value, ByteArrayOutputStream output) {
        try {
            serializer.write(value, output);
        } catch (Throwable error) {
            throw new RuntimeException("An error occurred during JSON serialization of response", error);
        }
    }

    private static Object invoke(Method method, Object target, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException error) {
            throw error.getCause() == null ? error : error.getCause();
        }
    }

    private static boolean isVoid(Type type) {
        return type == void.class || type == Void.class;
    }
}
