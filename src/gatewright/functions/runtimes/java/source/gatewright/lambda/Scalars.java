package gatewright.lambda;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.util.Arrays;
import java.util.Currency;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/** Types of the JDK whose values are one number or one text. */
final class Scalars {
    private static final Set<Class<?>> NUMBERS = new HashSet<>(Arrays.asList(Byte.class, Short.class, Integer.class,
            Long.class, Float.class, Double.class, BigInteger.class, BigDecimal.class, Number.class));

    private Scalars() {}

    /** Returns whether values of a type are written as strings. */
    static boolean isText(Class<?> type) {
        return type == UUID.class || type == URI.class || type == URL.class || type == Class.class
                || type == Locale.class || type == Currency.class || type == Pattern.class
                || type == AtomicBoolean.class || TimeZone.class.isAssignableFrom(type)
                || java.io.File.class.isAssignableFrom(type) || java.nio.file.Path.class.isAssignableFrom(type);
    }

    static String toText(Object value) {
        if (value instanceof Class) {
            return ((Class<?>) value).getName();
        }
        if (value instanceof Currency) {
            return ((Currency) value).getCurrencyCode();
        }
        return value instanceof TimeZone ? ((TimeZone) value).getID() : value.toString();
    }

    /** Makes a value of one of the types of {@link #isText}. Throws {@link JsonError} or what the type's parser throws. */
    static Object fromText(String text, Class<?> type) {
        try {
            if (type == UUID.class) {
                return UUID.fromString(text);
            }
            if (type == URI.class) {
                return URI.create(text);
            }
            if (type == URL.class) {
                return new URI(text).toURL();
            }
            if (type == Locale.class) {
                return Locale.forLanguageTag(text.replace('_', '-'));
            }
            if (type == Currency.class) {
                return Currency.getInstance(text);
            }
            if (type == Pattern.class) {
                return Pattern.compile(text);
            }
            if (type == AtomicBoolean.class) {
                return new AtomicBoolean(Boolean.parseBoolean(text));
            }
            if (TimeZone.class.isAssignableFrom(type)) {
                return TimeZone.getTimeZone(text);
            }
            if (java.io.File.class.isAssignableFrom(type)) {
                return new java.io.File(text);
            }
            if (java.nio.file.Path.class.isAssignableFrom(type)) {
                return java.nio.file.Paths.get(text);
            }
            return Class.forName(text);
        } catch (java.net.URISyntaxException | java.net.MalformedURLException | ClassNotFoundException error) {
            throw new JsonError("Cannot make " + type.getName() + " of \"" + text + "\"", error);
        }
    }

    /** Returns whether a number prints as one of JSON. */
    static boolean isJdkNumber(Number value) {
        return NUMBERS.contains(value.getClass());
    }

    static boolean isNumber(Class<?> type) {
        return NUMBERS.contains(type) || type.isPrimitive() && type != boolean.class && type != char.class;
    }

    /** Makes a number of the wanted type of a number or of the text of one. */
    static Object number(Object value, Class<?> type) {
        Number number = value instanceof Number ? (Number) value : parsed(value, type);
        if (type == int.class || type == Integer.class) {
            return (int) within(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return within(number, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == short.class || type == Short.class) {
            return (short) within(number, Short.MIN_VALUE, Short.MAX_VALUE);
        }
        if (type == byte.class || type == Byte.class) {
            return (byte) within(number, Byte.MIN_VALUE, 255);
        }
        if (type == double.class || type == Double.class) {
            return number.doubleValue();
        }
        if (type == float.class || type == Float.class) {
            return number.floatValue();
        }
        if (type == BigDecimal.class) {
            return number instanceof BigDecimal ? number : new BigDecimal(number.toString());
        }
        if (type == BigInteger.class) {
            return new BigDecimal(number.toString()).toBigInteger();
        }
        return number instanceof BigDecimal ? (Object) number.doubleValue() : number;
    }

    private static Number parsed(Object value, Class<?> type) {
        if (value instanceof String) {
            try {
                return new BigDecimal(((String) value).trim());
            } catch (NumberFormatException error) {
                throw new JsonError("Cannot make " + type.getName() + " of \"" + value + "\": not a number", error);
            }
        }
        throw new JsonError("Cannot make " + type.getName() + " of " + Values.kindOf(value));
    }

    private static long within(Number number, long least, long most) {
        BigDecimal exact = number instanceof Integer || number instanceof Long ? null : new BigDecimal(number.toString());
        boolean fits = exact == null
                ? number.longValue() >= least && number.longValue() <= most
                : exact.compareTo(BigDecimal.valueOf(least)) >= 0 && exact.compareTo(BigDecimal.valueOf(most)) <= 0;
        if (!fits) {
            throw new JsonError("The number " + number + " is out of range");
        }
        return exact == null ? number.longValue() : exact.longValue();
    }
}
