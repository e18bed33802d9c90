package gatewright.lambda;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes values of Java types from parsed JSON, with the leniency that Lambda's serializer has: numbers from texts, texts
 * from numbers, one element where a list is wanted, null for an empty text or an unknown constant of an enum.
 *
 * <p>Source: the configuration of Jackson in aws/aws-lambda-java-libs, `JacksonFactory`.
 */
final class Values {
    private Values() {}

    /** Returns the value. Throws {@link JsonError}, and what setters and constructors throw. */
    static Object make(Object json, Type type) {
        return make(json, type, false);
    }

    static Object make(Object json, Type type, boolean isEvent) {
        Class<?> raw = GenericTypes.rawClass(type);
        if (raw == Optional.class) {
            return Optional.ofNullable(make(json, argument(type, 0), isEvent));
        }
        if (json == null) {
            return raw.isPrimitive() ? ofNull(raw) : null;
        }
        if (raw == Object.class || raw == java.io.Serializable.class) {
            return plain(json);
        }
        if (raw.isArray()) {
            return array(json, type, raw, isEvent);
        }
        if (Collection.class.isAssignableFrom(raw) || raw == Iterable.class) {
            return collection(json, type, raw, isEvent);
        }
        if (json instanceof List && ((List<?>) json).size() <= 1 && !Times.isTime(raw)) { // unwrapped
            List<?> elements = (List<?>) json;
            return make(elements.isEmpty() ? null : elements.get(0), type, isEvent);
        }
        return Map.class.isAssignableFrom(raw) ? map(json, type, raw, isEvent) : single(json, type, raw, isEvent);
    }

    private static Object single(Object json, Type type, Class<?> raw, boolean isEvent) {
        if (raw == String.class || raw == CharSequence.class) {
            return text(json, raw);
        }
        if (Scalars.isNumber(raw)) {
            return "".equals(json) ? ofNull(raw) : Scalars.number(json, raw);
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return truth(json, raw);
        }
        if (raw == char.class || raw == Character.class) {
            String text = text(json, raw);
            return text.isEmpty() ? ofNull(raw) : (Object) text.charAt(0);
        }
        if (raw.isEnum()) {
            return constant(json, raw);
        }
        if (ByteBuffer.class.isAssignableFrom(raw)) {
            return ByteBuffer.wrap(octets(json, raw));
        }
        if (Times.isTime(raw)) {
            return Times.fromJson(json, raw, isEvent);
        }
        if (Scalars.isText(raw)) {
            String text = text(json, raw);
            return text.isEmpty() ? null : Scalars.fromText(text, raw);
        }
        if ("".equals(json)) {
            return null;
        }
        if (!(json instanceof Map)) {
            throw unfit(json, raw);
        }
        return Bean.of(raw).make((Map<?, ?>) json, type);
    }

    /** Returns what is made where any object will do; parsed lists and maps are used as they are. */
    private static Object plain(Object json) {
        if (json instanceof BigDecimal) {
            return ((BigDecimal) json).doubleValue();
        }
        if (json instanceof List) {
            @SuppressWarnings("unchecked")
            ListIterator<Object> elements = ((List<Object>) json).listIterator();
            while (elements.hasNext()) {
                elements.set(plain(elements.next()));
            }
        } else if (json instanceof Map) {
            @SuppressWarnings("unchecked")
            Map<String, Object> members = (Map<String, Object>) json;
            members.replaceAll((name, value) -> plain(value));
        }
        return json;
    }

    private static Object array(Object json, Type type, Class<?> raw, boolean isEvent) {
        if (raw == byte[].class && json instanceof String) {
            return octets(json, raw);
        }
        if (raw == char[].class && json instanceof String) {
            return ((String) json).toCharArray();
        }
        Type component = type instanceof GenericArrayType
                ? ((GenericArrayType) type).getGenericComponentType()
                : raw.getComponentType();
        List<?> elements = elements(json);
        Object array = Array.newInstance(raw.getComponentType(), elements.size());
        for (int index = 0; index < elements.size(); index++) {
            Array.set(array, index, make(elements.get(index), component, isEvent));
        }
        return array;
    }

    private static List<?> elements(Object json) {
        if (json instanceof List) {
            return (List<?>) json;
        }
        List<Object> single = new ArrayList<>();
        single.add(json);
        return single;
    }

    private static Object collection(Object json, Type type, Class<?> raw, boolean isEvent) {
        if ("".equals(json)) {
            return null;
        }
        Type[] arguments = raw == Iterable.class
                ? new Type[] {argument(type, 0)}
                : GenericTypes.argumentsOf(Collection.class, type);
        Type element = arguments == null ? Object.class : arguments[0];
        Collection<Object> made = newCollection(raw);
        for (Object each : elements(json)) {
            made.add(make(each, element, isEvent));
        }
        return made;
    }

    @SuppressWarnings("unchecked")
    private static Collection<Object> newCollection(Class<?> raw) {
        if (!isAbstract(raw)) {
            return (Collection<Object>) Bean.newInstance(raw);
        }
        if (SortedSet.class.isAssignableFrom(raw)) {
            return new TreeSet<>();
        }
        if (Set.class.isAssignableFrom(raw)) {
            return new LinkedHashSet<>();
        }
        if (Deque.class.isAssignableFrom(raw) || Queue.class.isAssignableFrom(raw)) {
            return raw.isAssignableFrom(LinkedList.class) ? new LinkedList<>() : new ArrayDeque<>();
        }
        return new ArrayList<>();
    }

    private static Object map(Object json, Type type, Class<?> raw, boolean isEvent) {
        if ("".equals(json)) {
            return null;
        }
        if (!(json instanceof Map)) {
            throw unfit(json, raw);
        }
        Type[] arguments = GenericTypes.argumentsOf(Map.class, type);
        Type key = arguments == null ? Object.class : arguments[0];
        Type value = arguments == null ? Object.class : arguments[1];
        Map<Object, Object> made = newMap(raw);
        for (Map.Entry<?, ?> member : ((Map<?, ?>) json).entrySet()) {
            made.put(make(member.getKey(), key, isEvent), make(member.getValue(), value, isEvent));
        }
        return made;
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> newMap(Class<?> raw) {
        if (!isAbstract(raw)) {
            return (Map<Object, Object>) Bean.newInstance(raw);
        }
        if (SortedMap.class.isAssignableFrom(raw)) {
            return new TreeMap<>();
        }
        return raw.isAssignableFrom(LinkedHashMap.class)
                ? new LinkedHashMap<>()
                : raw.isAssignableFrom(HashMap.class) ? new HashMap<>() : new java.util.concurrent.ConcurrentHashMap<>();
    }

    private static boolean isAbstract(Class<?> raw) {
        return Modifier.isAbstract(raw.getModifiers());
    }

    private static String text(Object json, Class<?> raw) {
        if (json instanceof Map || json instanceof List) {
            throw unfit(json, raw);
        }
        return json.toString();
    }

    private static Boolean truth(Object json, Class<?> raw) {
        if (json instanceof Boolean) {
            return (Boolean) json;
        }
        if (json instanceof Number) {
            return ((Number) json).doubleValue() != 0;
        }
        String text = text(json, raw).trim();
        if (text.isEmpty()) {
            return (Boolean) ofNull(raw);
        }
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new JsonError("Cannot make " + raw.getName() + " of \"" + text + "\"");
        }
        return text.equalsIgnoreCase("true");
    }

    private static Object constant(Object json, Class<?> raw) {
        Object[] constants = raw.getEnumConstants();
        if (json instanceof Integer) {
            int index = (Integer) json;
            return index >= 0 && index < constants.length ? constants[index] : null;
        }
        String name = text(json, raw).trim();
        for (Object constant : constants) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        return null;
    }

    private static byte[] octets(Object json, Class<?> raw) {
        try {
            return Base64.getDecoder().decode(text(json, raw));
        } catch (IllegalArgumentException error) {
            throw new JsonError("Cannot make " + raw.getName() + " of a text that is not base64", error);
        }
    }

    private static Object ofNull(Class<?> raw) {
        return raw.isPrimitive() ? Array.get(Array.newInstance(raw, 1), 0) : null;
    }

    private static Type argument(Type type, int index) {
        if (type instanceof WildcardType || type instanceof TypeVariable) {
            return Object.class;
        }
        return type instanceof ParameterizedType
                ? ((ParameterizedType) type).getActualTypeArguments()[index]
                : Object.class;
    }

    static String kindOf(Object json) {
        if (json instanceof Map) {
            return "an object";
        }
        if (json instanceof List) {
            return "an array";
        }
        return json instanceof String ? "a string" : json instanceof Number ? "a number" : String.valueOf(json);
    }

    private static JsonError unfit(Object json, Class<?> raw) {
        return new JsonError("Cannot make " + raw.getName() + " of " + kindOf(json));
    }
}
