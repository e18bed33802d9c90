package gatewright.lambda;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Writes values as JSON, as Lambda's serializer does: no members that are null, octets in base64, `NaN` as a string.
 *
 * <p>Source: the configuration of Jackson in aws/aws-lambda-java-libs, `JacksonFactory`.
 */
final class JsonWriter {
    private static final int MAX_DEPTH = 1000;
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final StringBuilder text = new StringBuilder(256);
    private int depth;

    private JsonWriter() {}

    /** Returns JSON in UTF-8. Throws {@link JsonError}, and what getters throw. */
    static byte[] toBytes(Object value) {
        JsonWriter writer = new JsonWriter();
        writer.write(value, false);
        return writer.text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** `isEvent` tells whether the value is a member of one of AWS's events, which write times in their own way. */
    private void write(Object value, boolean isEvent) {
        if (value == null || value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof CharSequence || value instanceof Character) {
            string(value.toString());
        } else if (value instanceof Number) {
            number((Number) value);
        } else if (value instanceof Enum) {
            string(((Enum<?>) value).name());
        } else if (value instanceof Map || value instanceof Iterable || value instanceof Iterator) {
            nested(value, isEvent);
        } else if (value.getClass().isArray()) {
            array(value, isEvent);
        } else if (value instanceof ByteBuffer) {
            ByteBuffer octets = ((ByteBuffer) value).duplicate();
            byte[] copy = new byte[octets.remaining()];
            octets.get(copy);
            string(Base64.getEncoder().encodeToString(copy));
        } else if (value instanceof Optional) {
            write(((Optional<?>) value).orElse(null), isEvent);
        } else if (Times.isTime(value.getClass())) {
            write(Times.toJson(value, isEvent), isEvent);
        } else if (Scalars.isText(value.getClass())) {
            string(Scalars.toText(value));
        } else {
            nested(value, isEvent);
        }
    }

    private void nested(Object value, boolean isEvent) {
        if (++depth > MAX_DEPTH) {
            throw new JsonError("Nested deeper than " + MAX_DEPTH + ": " + value.getClass().getName());
        }
        if (value instanceof Map) {
            map((Map<?, ?>) value, isEvent);
        } else if (value instanceof Collection || value instanceof Iterable && !Bean.hasProperties(value.getClass())) {
            elements(((Iterable<?>) value).iterator(), isEvent);
        } else if (value instanceof Iterator) {
            elements((Iterator<?>) value, isEvent);
        } else {
            bean(value);
        }
        depth--;
    }

    private void map(Map<?, ?> members, boolean isEvent) {
        text.append('{');
        boolean isFirst = true;
        for (Map.Entry<?, ?> member : members.entrySet()) {
            if (member.getValue() == null) {
                continue;
            }
            Object key = member.getKey();
            isFirst = name(key instanceof Enum ? ((Enum<?>) key).name() : String.valueOf(key), isFirst);
            write(member.getValue(), isEvent);
        }
        text.append('}');
    }

    private void bean(Object value) {
        Bean bean = Bean.of(value.getClass());
        text.append('{');
        boolean isFirst = true;
        for (Bean.Property property : bean.properties()) {
            Object member = property.isReadable() ? property.get(value) : null;
            if (member == null) {
                continue;
            }
            isFirst = name(property.jsonName, isFirst);
            write(member, bean.isEvent);
        }
        text.append('}');
    }

    private boolean name(String name, boolean isFirst) {
        if (!isFirst) {
            text.append(',');
        }
        string(name);
        text.append(':');
        return false;
    }

    private void elements(Iterator<?> elements, boolean isEvent) {
        text.append('[');
        String separator = "";
        while (elements.hasNext()) {
            text.append(separator);
            write(elements.next(), isEvent);
            separator = ",";
        }
        text.append(']');
    }

    private void array(Object value, boolean isEvent) {
        if (value instanceof byte[]) {
            string(Base64.getEncoder().encodeToString((byte[]) value));
        } else if (value instanceof char[]) {
            string(new String((char[]) value));
        } else if (value instanceof Object[]) {
            nested(Arrays.asList((Object[]) value), isEvent);
        } else {
            text.append('[');
            for (int index = 0; index < Array.getLength(value); index++) {
                text.append(index == 0 ? "" : ",");
                write(Array.get(value, index), isEvent);
            }
            text.append(']');
        }
    }

    private void number(Number value) {
        String digits = value.toString();
        boolean isFinite = !(value instanceof Double || value instanceof Float)
                || !Double.isNaN(value.doubleValue()) && !Double.isInfinite(value.doubleValue());
        if (!isFinite) {
            string(digits);
        } else if (Scalars.isJdkNumber(value)) {
            text.append(digits);
        } else {
            text.append(new BigDecimal(digits));
        }
    }

    private void string(String value) {
        text.append('"');
        for (int index = 0; index < value.length(); index++) {
            char character = value.charAt(index);
            if (character == '"' || character == '\\') {
                text.append('\\').append(character);
            } else if (character < ' ') {
                control(character);
            } else {
                text.append(character);
            }
        }
        text.append('"');
    }

    private void control(char character) {
        int known = "\b\t\n\f\r".indexOf(character);
        if (known >= 0) {
            text.append('\\').append("btnfr".charAt(known));
        } else {
            text.append("\\u00").append(HEX[character >> 4]).append(HEX[character & 15]);
        }
    }
}
