package gatewright.lambda;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;

/** What type variables stand for. */
final class GenericTypes {
    private GenericTypes() {}

    /** Returns the arguments with which `type` extends or implements `generic`; null when it does so without any. */
    static Type[] argumentsOf(Class<?> generic, Type type) {
        return argumentsOf(generic, type, new HashMap<>());
    }

    private static Type[] argumentsOf(Class<?> generic, Type type, Map<TypeVariable<?>, Type> known) {
        Class<?> raw = rawClass(type);
        if (raw == null || !generic.isAssignableFrom(raw)) {
            return null;
        }
        Map<TypeVariable<?>, Type> inner = new HashMap<>();
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            TypeVariable<?>[] variables = raw.getTypeParameters();
            for (int index = 0; index < variables.length; index++) {
                inner.put(variables[index], resolved(arguments[index], known));
            }
        }
        if (raw == generic) {
            TypeVariable<?>[] variables = raw.getTypeParameters();
            Type[] found = new Type[variables.length];
            for (int index = 0; index < found.length; index++) {
                found[index] = inner.get(variables[index]);
            }
            return type instanceof ParameterizedType ? found : null;
        }
        for (Type implemented : raw.getGenericInterfaces()) {
            Type[] found = argumentsOf(generic, implemented, inner);
            if (found != null) {
                return found;
            }
        }
        Type parent = raw.getGenericSuperclass();
        return parent == null ? null : argumentsOf(generic, parent, inner);
    }

    /** Returns a type with the variables replaced that are known. */
    static Type resolved(Type type, Map<TypeVariable<?>, Type> known) {
        if (type instanceof TypeVariable) {
            return known.getOrDefault(type, type);
        }
        if (type instanceof ParameterizedType && !known.isEmpty()) {
            ParameterizedType generic = (ParameterizedType) type;
            Type[] arguments = generic.getActualTypeArguments().clone();
            for (int index = 0; index < arguments.length; index++) {
                arguments[index] = resolved(arguments[index], known);
            }
            return new Parameterized(generic.getRawType(), generic.getOwnerType(), arguments);
        }
        return type;
    }

    /** Returns what the variables of a type's class stand for. */
    static Map<TypeVariable<?>, Type> variablesOf(Type type) {
        Map<TypeVariable<?>, Type> known = new HashMap<>();
        if (type instanceof ParameterizedType) {
            TypeVariable<?>[] variables = rawClass(type).getTypeParameters();
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            for (int index = 0; index < variables.length; index++) {
                known.put(variables[index], arguments[index]);
            }
        }
        return known;
    }

    /** Returns the class behind a type: that of a variable is its bound. */
    static Class<?> rawClass(Type type) {
        if (type instanceof Class) {
            return (Class<?>) type;
        }
        if (type instanceof ParameterizedType) {
            return rawClass(((ParameterizedType) type).getRawType());
        }
        if (type instanceof GenericArrayType) {
            Class<?> component = rawClass(((GenericArrayType) type).getGenericComponentType());
            return Array.newInstance(component, 0).getClass();
        }
        if (type instanceof WildcardType) {
            return rawClass(((WildcardType) type).getUpperBounds()[0]);
        }
        return rawClass(boundOf((TypeVariable<?>) type));
    }

    /** Returns the first bound of a variable, `Object` without one. */
    static Type boundOf(TypeVariable<?> variable) {
        return variable.getBounds()[0];
    }

    private static final class Parameterized implements ParameterizedType {
        private final Type raw;
        private final Type owner;
        private final Type[] arguments;

        Parameterized(Type raw, Type owner, Type[] arguments) {
            this.raw = raw;
            this.owner = owner;
            this.arguments = arguments;
        }

        @Override
        public Type[] getActualTypeArguments() {
            return arguments;
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public Type getOwnerType() {
            return owner;
        }
    }
}
