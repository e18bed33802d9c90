package gatewright.lambda;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The properties of a class: public getters, setters and fields, the components of a record, and for AWS's events the names
 * that they have in JSON.
 *
 * <p>Names are matched exactly, and what is private without a setter is left alone, as Lambda's serializer does
 * (`JacksonFactory` of aws/aws-lambda-java-libs: standard bean naming, no inferred mutators). Properties are written in the
 * order of the fields.
 */
final class Bean {
    private static final Map<Class<?>, Bean> KNOWN = new ConcurrentHashMap<>();

    /** Whether it is one of AWS's events. */
    final boolean isEvent;
    private final Class<?> type;
    private final Map<String, Property> byJsonName = new LinkedHashMap<>();
    private final Constructor<?> constructor;
    /** The JSON names of the constructor's parameters; null when it has none. */
    private final List<String> parameters;

    /** One property. What it lacks is null. */
    static final class Property {
        final String name;
        String jsonName;
        private Method getter;
        private Method setter;
        private Field field;
        private final List<Method> setters = new ArrayList<>();

        Property(String name) {
            this.name = name;
        }

        boolean isReadable() {
            return getter != null || field != null;
        }

        boolean isWritable() {
            return setter != null || field != null;
        }

        Object get(Object target) {
            try {
                return getter != null ? getter.invoke(target) : field.get(target);
            } catch (InvocationTargetException error) {
                throw new JsonError("The getter of " + name + " failed: " + error.getCause(), error.getCause());
            } catch (IllegalAccessException error) {
                throw new JsonError("The property " + name + " cannot be read", error);
            }
        }

        void set(Object target, Object value) {
            try {
                if (setter != null) {
                    setter.invoke(target, value);
                } else {
                    field.set(target, value);
                }
            } catch (InvocationTargetException error) {
                throw new JsonError("The setter of " + name + " failed: " + error.getCause(), error.getCause());
            } catch (IllegalAccessException error) {
                throw new JsonError("The property " + name + " cannot be written", error);
            }
        }

        Type writtenType() {
            return setter != null ? setter.getGenericParameterTypes()[0] : field.getGenericType();
        }

        /** Adds what another property has of the same name in JSON (`getSNS` and `setSns`). */
        Property joined(Property other) {
            getter = getter == null ? other.getter : getter;
            setter = setter == null ? other.setter : setter;
            field = field == null ? other.field : field;
            return this;
        }

        /** Of several setters, the one for what the getter returns; else the one for a text. */
        private void choose() {
            for (Method candidate : setters) {
                Class<?> wanted = candidate.getParameterTypes()[0];
                boolean isBest = getter != null && getter.getReturnType() == wanted;
                boolean wasBest = setter != null && getter != null
                        && getter.getReturnType() == setter.getParameterTypes()[0];
                if (setter == null || isBest || wanted == String.class && !wasBest) {
                    setter = candidate;
                }
            }
        }
    }

    private Bean(Class<?> type) {
        this.type = type;
        isEvent = EventNames.isEvent(type);
        Map<String, Property> found = new LinkedHashMap<>();
        boolean isRecord = isRecord(type);
        if (isRecord) {
            parameters = addComponents(found);
            constructor = canonical(parameters.size());
        } else {
            addFields(type, found);
            parameters = EventNames.constructorNames(type);
            constructor = parameters == null ? noArguments(type) : longest(parameters.size());
        }
        addMethods(found);
        Map<String, String> names = EventNames.of(type);
        for (Property property : found.values()) {
            property.choose();
            if (property.isReadable() || property.isWritable()) {
                property.jsonName = names.getOrDefault(property.name, EventNames.isPascalCase(type)
                        ? EventNames.pascalCase(property.name) : property.name);
                byJsonName.merge(property.jsonName, property, Property::joined);
            }
        }
        if (parameters != null && !isRecord) {
            byJsonName.keySet().retainAll(parameters);
        }
    }

    static Bean of(Class<?> type) {
        Bean bean = KNOWN.get(type);
        if (bean == null) {
            bean = new Bean(type);
            KNOWN.put(type, bean);
        }
        return bean;
    }

    static boolean hasProperties(Class<?> type) {
        return !of(type).byJsonName.isEmpty();
    }

    Collection<Property> properties() {
        return byJsonName.values();
    }

    /** Makes an object of the members of a JSON object; those that the class does not know are ignored. */
    Object make(Map<?, ?> members, Type full) {
        if (Modifier.isAbstract(type.getModifiers())) {
            throw new JsonError("Cannot make " + type.getName() + ": it is abstract");
        }
        if (constructor == null) {
            throw new JsonError("Cannot make " + type.getName() + ": it has no constructor without parameters");
        }
        Map<java.lang.reflect.TypeVariable<?>, Type> variables = GenericTypes.variablesOf(full);
        Object made = construct(constructor, arguments(members, variables));
        if (parameters == null) {
            for (Map.Entry<?, ?> member : members.entrySet()) {
                Property property = byJsonName.get(member.getKey());
                if (property != null && property.isWritable()) {
                    Type wanted = GenericTypes.resolved(property.writtenType(), variables);
                    property.set(made, member(member.getValue(), wanted, property.jsonName));
                }
            }
        }
        return made;
    }

    static Object newInstance(Class<?> type) {
        Constructor<?> constructor = noArguments(type);
        if (constructor == null) {
            throw new JsonError("Cannot make " + type.getName() + ": it has no constructor without parameters");
        }
        return construct(constructor, new Object[0]);
    }

    private Object[] arguments(Map<?, ?> members, Map<java.lang.reflect.TypeVariable<?>, Type> variables) {
        Type[] types = constructor.getGenericParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int index = 0; index < arguments.length; index++) {
            String name = parameters.get(index);
            arguments[index] = member(members.get(name), GenericTypes.resolved(types[index], variables), name);
        }
        return arguments;
    }

    private Object member(Object json, Type wanted, String name) {
        try {
            return Values.make(json, wanted, isEvent);
        } catch (RuntimeException error) {
            throw new JsonError(type.getName() + "." + name + ": " + error.getMessage(), error);
        }
    }

    private static Object construct(Constructor<?> constructor, Object[] arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException error) {
            throw new JsonError("The constructor of " + constructor.getDeclaringClass().getName() + " failed: "
                    + error.getCause(), error.getCause());
        } catch (ReflectiveOperationException error) {
            throw new JsonError("Cannot make " + constructor.getDeclaringClass().getName(), error);
        }
    }

    // What a class has

    private static boolean isRecord(Class<?> type) {
        Class<?> parent = type.getSuperclass();
        return parent != null && parent.getName().equals("java.lang.Record"); // there are Java 8 and 11
    }

    private List<String> addComponents(Map<String, Property> found) {
        List<String> names = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                Property property = new Property(field.getName());
                property.getter = accessor(field.getName());
                found.put(field.getName(), property);
                names.add(field.getName());
            }
        }
        return names;
    }

    private Method accessor(String name) {
        try {
            Method accessor = type.getDeclaredMethod(name);
            accessor.setAccessible(true);
            return accessor;
        } catch (NoSuchMethodException error) {
            throw new JsonError("The record " + type.getName() + " has no component " + name, error);
        }
    }

    private Constructor<?> canonical(int count) {
        Field[] fields = type.getDeclaredFields();
        List<Class<?>> types = new ArrayList<>();
        for (Field field : fields) {
            if (!Modifier.isStatic(field.getModifiers())) {
                types.add(field.getType());
            }
        }
        try {
            return opened(type.getDeclaredConstructor(types.toArray(new Class<?>[count])));
        } catch (NoSuchMethodException error) {
            throw new JsonError("The record " + type.getName() + " has no canonical constructor", error);
        }
    }

    private static Constructor<?> noArguments(Class<?> type) {
        try {
            return opened(type.getDeclaredConstructor());
        } catch (NoSuchMethodException error) {
            return null;
        }
    }

    private Constructor<?> longest(int count) {
        for (Constructor<?> candidate : type.getConstructors()) {
            if (candidate.getParameterCount() == count) {
                return candidate;
            }
        }
        return null;
    }

    private static Constructor<?> opened(Constructor<?> constructor) {
        if (!Modifier.isPublic(constructor.getModifiers())
                || !Modifier.isPublic(constructor.getDeclaringClass().getModifiers())) {
            constructor.setAccessible(true);
        }
        return constructor;
    }

    /** Adds properties in the order of the fields, those of parents first. Only public fields are used themselves. */
    private static void addFields(Class<?> type, Map<String, Property> found) {
        if (type == null || type == Object.class) {
            return;
        }
        addFields(type.getSuperclass(), found);
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
                continue;
            }
            Property property = found.computeIfAbsent(field.getName(), Property::new);
            if (Modifier.isPublic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                if (!Modifier.isPublic(type.getModifiers())) {
                    field.setAccessible(true);
                }
                property.field = field;
            }
        }
    }

    private void addMethods(Map<String, Property> found) {
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers()) || method.isBridge() || method.isSynthetic()
                    || method.getDeclaringClass() == Object.class) {
                continue;
            }
            String name = method.getName();
            boolean isVoid = method.getReturnType() == void.class;
            if (method.getParameterCount() == 1 && name.length() > 3 && name.startsWith("set")) {
                openedProperty(found, name.substring(3), method).setters.add(method);
            } else if (method.getParameterCount() == 0 && !isVoid && name.length() > 3 && name.startsWith("get")) {
                openedProperty(found, name.substring(3), method).getter = method;
            } else if (method.getParameterCount() == 0 && isTruth(method) && name.length() > 2 && name.startsWith("is")) {
                Property property = openedProperty(found, name.substring(2), method);
                property.getter = property.getter == null ? method : property.getter;
            }
        }
    }

    private static boolean isTruth(Method method) {
        return method.getReturnType() == boolean.class || method.getReturnType() == Boolean.class;
    }

    private Property openedProperty(Map<String, Property> found, String capitalized, Method method) {
        if (!Modifier.isPublic(method.getDeclaringClass().getModifiers())) {
            method.setAccessible(true);
        }
        return found.computeIfAbsent(uncapitalized(capitalized), Property::new);
    }

    /** As `java.beans.Introspector` has it, which is in a module of its own: `URL` stays. */
    private static String uncapitalized(String name) {
        boolean isAcronym = name.length() > 1 && Character.isUpperCase(name.charAt(0))
                && Character.isUpperCase(name.charAt(1));
        return isAcronym ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** Returns the names of one property for each JSON name, for classes whose names differ. */
    static Map<String, String> names(String... pairs) {
        Map<String, String> names = new HashMap<>();
        for (int index = 0; index < pairs.length; index += 2) {
            names.put(pairs[index], pairs[index + 1]);
        }
        return names;
    }
}
