package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the code that `package.Class` or `package.Class::method` names ("Define Lambda function handler in Java").
 *
 * <p>What keeps the class from being loaded fails INIT. What is wrong with how it is written (no such class, no such
 * method) is answered to every invocation instead, as on Lambda.
 */
final class HandlerLoader {
    private HandlerLoader() {}

    /** Returns the handler. Throws a fatal {@link UserFault}. */
    static Handler load(String name, ClassLoader loader) {
        try {
            return find(name, loader);
        } catch (UserFault fault) {
            if (fault.isFatal) {
                throw fault;
            }
            return (event, output, context) -> {
                throw fault;
            };
        }
    }

    private static Handler find(String name, ClassLoader loader) {
        int colons = name.lastIndexOf("::");
        String className = colons < 0 ? name : name.substring(0, colons);
        String method = colons < 0 ? null : name.substring(colons + 2);
        if (className.isEmpty() || method != null && method.isEmpty()) {
            throw UserFault.of("Invalid handler: `" + name + "'");
        }
        Class<?> type = load(className, loader, name);
        return method == null ? ofInterface(type) : ofMethod(type, method);
    }

    private static Class<?> load(String className, ClassLoader loader, String name) {
        try {
            return Class.forName(className, true, loader);
        } catch (ClassNotFoundException error) {
            throw new UserFault(
                    "Class not found: " + className, error.getClass().getName(), UserFault.printed(error), false);
        } catch (Throwable error) {
            String reason = error.getMessage() == null ? "" : ": " + error.getMessage();
            throw new UserFault("Error loading class " + className + reason, error.getClass().getName(),
                    UserFault.printed(error), true);
        }
    }

    // Classes that implement an interface

    private static Handler ofInterface(Class<?> type) {
        if (RequestStreamHandler.class.isAssignableFrom(type)) {
            return Handlers.ofStreams((RequestStreamHandler) instance(type));
        }
        if (!RequestHandler.class.isAssignableFrom(type)) {
            throw UserFault.of("Class does not implement an appropriate handler interface: " + type.getName());
        }
        Type[] types = GenericTypes.argumentsOf(RequestHandler.class, type);
        if (types == null) {
            throw UserFault.of(
                    "Class " + type.getName() + " does not implement RequestHandler with concrete type parameters");
        }
        for (Type argument : types) {
            if (argument instanceof TypeVariable && GenericTypes.boundOf((TypeVariable<?>) argument) == Object.class) {
                throw UserFault.of("Class " + type.getName()
                        + " does not implement RequestHandler with concrete type parameters: parameter " + argument
                        + " has no upper bound.");
            }
        }
        @SuppressWarnings("unchecked")
        RequestHandler<Object, Object> handler = (RequestHandler<Object, Object>) instance(type);
        return Handlers.ofValues(handler::handleRequest, types[0], types[1]);
    }

    // Methods

    private static Handler ofMethod(Class<?> type, String name) {
        for (Method method : candidates(type, name)) {
            Handler handler = Signature.of(method).handler(type, method);
            if (handler != null) {
                return handler;
            }
            System.err.println("Ignoring " + method + " because a handler has no such parameters");
        }
        throw UserFault.of(
                "No public method named " + name + " with appropriate method signature found on class " + type.getName());
    }

    /** Returns the overloads, the one to prefer first: the longest, where a last parameter Context counts twice. */
    private static List<Method> candidates(Class<?> type, String name) {
        List<Method> found = new ArrayList<>();
        try {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(name)) {
                    found.add(method);
                }
            }
        } catch (NoClassDefFoundError error) {
            throw new UserFault("Error loading method " + name + " on class " + type.getName(),
                    error.getClass().getName(), UserFault.printed(error), false);
        }
        found.sort((left, right) -> left.isBridge() != right.isBridge()
                ? Boolean.compare(left.isBridge(), right.isBridge())
                : Integer.compare(weight(right), weight(left)));
        return found;
    }

    private static int weight(Method method) {
        Class<?>[] types = method.getParameterTypes();
        boolean isLastContext = types.length > 0 && types[types.length - 1] == Context.class;
        return types.length + (isLastContext ? 1 : 0);
    }

    /** What the parameters of a handler method are. */
    private static final class Signature {
        private final List<Type> types;
        private final boolean hasContext;
        private final boolean hasInput;
        private final boolean hasOutput;

        private Signature(List<Type> types) {
            List<Type> left = new ArrayList<>(types);
            hasContext = !left.isEmpty() && left.get(left.size() - 1) == Context.class;
            if (hasContext) {
                left.remove(left.size() - 1);
            }
            hasInput = !left.isEmpty() && left.get(0) == InputStream.class;
            if (hasInput) {
                left.remove(0);
            }
            hasOutput = !left.isEmpty() && left.get(0) == OutputStream.class;
            if (hasOutput) {
                left.remove(0);
            }
            this.types = left;
        }

        static Signature of(Method method) {
            return new Signature(Arrays.asList(method.getGenericParameterTypes()));
        }

        /** Returns the handler, or null when there is none with these parameters. */
        Handler handler(Class<?> type, Method method) {
            boolean hasStreams = hasInput || hasOutput;
            if (types.size() > (hasStreams ? 0 : 1) || types.contains(Context.class)) {
                return null;
            }
            Object target = Modifier.isStatic(method.getModifiers()) ? null : instance(type);
            if (hasStreams) {
                return Handlers.ofStreamMethod(method, target, hasInput, hasOutput, hasContext);
            }
            Type event = types.isEmpty() ? null : types.get(0);
            return Handlers.ofMethod(method, target, event, hasContext);
        }
    }

    /** Makes the handler object; what its constructor throws fails INIT. */
    private static Object instance(Class<?> type) {
        try {
            return constructor(type).newInstance();
        } catch (InvocationTargetException error) {
            throw UserFault.of(error.getCause() == null ? error : error.getCause(), true);
        } catch (ReflectiveOperationException error) {
            throw UserFault.of(error, false);
        }
    }

    private static Constructor<?> constructor(Class<?> type) throws ReflectiveOperationException {
        try {
            return type.getConstructor();
        } catch (NoSuchMethodException error) {
            boolean isInner = type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
            Exception reason = isInner
                    ? new Exception("Class " + type.getName()
                            + " cannot be instantiated because it is a non-static inner class")
                    : new Exception("Class " + type.getName() + " has no public zero-argument constructor", error);
            throw UserFault.of(reason, false);
        }
    }
}
