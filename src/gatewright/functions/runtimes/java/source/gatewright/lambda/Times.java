package gatewright.lambda;

import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.List;

/**
 * Points in time: seconds since 1970 as a number, or ISO 8601 as text.
 *
 * <p>Source: Jackson's `JavaTimeModule`, and `DateModule` and `DateTimeModule` of aws/aws-lambda-java-libs. A
 * `java.util.Date` is in milliseconds, but in AWS's events in seconds.
 */
final class Times {
    private static final String JODA = "org.joda.time.";

    private Times() {}

    static boolean isTime(Class<?> type) {
        return Temporal.class.isAssignableFrom(type) || TemporalAmount.class.isAssignableFrom(type)
                || Date.class.isAssignableFrom(type) || Calendar.class.isAssignableFrom(type)
                || ZoneId.class.isAssignableFrom(type) || type.getName().startsWith(JODA);
    }

    /** Returns a number, a list of numbers or a text. */
    static Object toJson(Object value, boolean isEvent) {
        if (value instanceof Date) {
            long milliseconds = ((Date) value).getTime();
            return isEvent ? (Object) (milliseconds / 1000.0) : (Object) milliseconds;
        }
        if (value instanceof Calendar) {
            return ((Calendar) value).getTimeInMillis();
        }
        if (isEvent) {
            return value.toString();
        }
        if (value instanceof Instant) {
            return seconds(((Instant) value).getEpochSecond(), ((Instant) value).getNano());
        }
        if (value instanceof ZonedDateTime) {
            return toJson(((ZonedDateTime) value).toInstant(), false);
        }
        if (value instanceof OffsetDateTime) {
            return toJson(((OffsetDateTime) value).toInstant(), false);
        }
        if (value instanceof Duration) {
            return seconds(((Duration) value).getSeconds(), ((Duration) value).getNano());
        }
        if (value instanceof Year) {
            return ((Year) value).getValue();
        }
        return value instanceof Temporal ? fields((Temporal) value) : value.toString();
    }

    private static BigDecimal seconds(long seconds, int nanoseconds) {
        return BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanoseconds, 9)).setScale(9);
    }

    private static Object fields(Temporal value) {
        List<Integer> found = new ArrayList<>();
        ChronoField[] all = {ChronoField.YEAR, ChronoField.MONTH_OF_YEAR, ChronoField.DAY_OF_MONTH,
            ChronoField.HOUR_OF_DAY, ChronoField.MINUTE_OF_HOUR};
        for (ChronoField field : all) {
            if (value.isSupported(field)) {
                found.add(value.get(field));
            }
        }
        if (!(value instanceof LocalDate || value instanceof LocalDateTime || value instanceof LocalTime
                || value instanceof YearMonth)) {
            return value.toString();
        }
        if (value.isSupported(ChronoField.NANO_OF_SECOND)) {
            int nanoseconds = value.get(ChronoField.NANO_OF_SECOND);
            if (nanoseconds != 0 || value.get(ChronoField.SECOND_OF_MINUTE) != 0) {
                found.add(value.get(ChronoField.SECOND_OF_MINUTE));
            }
            if (nanoseconds != 0) {
                found.add(nanoseconds);
            }
        }
        return found;
    }

    /** Makes a point in time of a number, a list of numbers or a text. Throws {@link JsonError}. */
    static Object fromJson(Object value, Class<?> type, boolean isEvent) {
        try {
            if (value instanceof String) {
                return ((String) value).isEmpty() ? null : parsed((String) value, type);
            }
            if (value instanceof List) {
                return parsed(isoOf((List<?>) value), type);
            }
            if (value instanceof Number) {
                return ofNumber(new BigDecimal(value.toString()), type, isEvent);
            }
        } catch (DateTimeException | ReflectiveOperationException error) {
            throw new JsonError("Cannot make " + type.getName() + " of " + value, error);
        }
        throw new JsonError("Cannot make " + type.getName() + " of " + Values.kindOf(value));
    }

    private static Object parsed(String text, Class<?> type) throws ReflectiveOperationException {
        if (type == Date.class) {
            return Date.from((text.length() == 10 ? OffsetDateTime.parse(text + "T00:00Z") : OffsetDateTime.parse(
                    text.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2"))).toInstant());
        }
        if (Calendar.class.isAssignableFrom(type)) {
            Calendar calendar = Calendar.getInstance();
            calendar.setTime((Date) parsed(text, Date.class));
            return calendar;
        }
        if (type == Instant.class) {
            return OffsetDateTime.parse(text).toInstant();
        }
        if (ZoneId.class.isAssignableFrom(type)) {
            return ZoneId.of(text);
        }
        Method parse = type == Period.class || type == Year.class || type.getName().startsWith(JODA)
                ? parseOf(type, text)
                : type.getMethod("parse", CharSequence.class);
        try {
            return parse.invoke(null, text);
        } catch (java.lang.reflect.InvocationTargetException error) {
            throw new JsonError("Cannot make " + type.getName() + " of \"" + text + "\"", error.getCause());
        }
    }

    private static Method parseOf(Class<?> type, String text) throws NoSuchMethodException {
        try {
            return type.getMethod("parse", String.class);
        } catch (NoSuchMethodException error) {
            return type.getMethod("parse", CharSequence.class);
        }
    }

    private static Object ofNumber(BigDecimal number, Class<?> type, boolean isEvent) {
        if (type == Date.class) {
            return new Date((isEvent ? number.movePointRight(3) : number).longValue());
        }
        if (Calendar.class.isAssignableFrom(type)) {
            Calendar calendar = Calendar.getInstance();
            calendar.setTimeInMillis(number.longValue());
            return calendar;
        }
        if (type == Year.class) {
            return Year.of(number.intValue());
        }
        long seconds = number.longValue();
        long nanoseconds = number.remainder(BigDecimal.ONE).movePointRight(9).longValue();
        if (type == Duration.class) {
            return Duration.ofSeconds(seconds, nanoseconds);
        }
        Instant instant = Instant.ofEpochSecond(seconds, nanoseconds);
        if (type == Instant.class) {
            return instant;
        }
        if (type == ZonedDateTime.class) {
            return instant.atZone(ZoneOffset.UTC);
        }
        if (type == OffsetDateTime.class) {
            return instant.atOffset(ZoneOffset.UTC);
        }
        throw new JsonError("Cannot make " + type.getName() + " of a number");
    }

    /** Returns year, month, day, hour, minute, second and nanosecond, as far as there are any, in ISO 8601. */
    private static String isoOf(List<?> fields) {
        int[] numbers = new int[7];
        for (int index = 0; index < Math.min(fields.size(), 7); index++) {
            numbers[index] = ((Number) fields.get(index)).intValue();
        }
        String date = String.format("%04d-%02d-%02d", numbers[0], numbers[1], numbers[2]);
        return fields.size() <= 3
                ? date
                : date + String.format("T%02d:%02d:%02d.%09d", numbers[3], numbers[4], numbers[5], numbers[6]);
    }
}
