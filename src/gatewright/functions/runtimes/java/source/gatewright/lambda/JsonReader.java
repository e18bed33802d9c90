package gatewright.lambda;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses JSON (RFC 8259) into maps, lists, strings, booleans and null; numbers into Integer, Long or BigInteger, and those
 * with a fraction or an exponent into BigDecimal, so that no digit is lost before the type is known.
 */
final class JsonReader {
    private static final int MAX_DEPTH = 1000;

    private final byte[] octets;
    private int position;
    private int depth;

    private JsonReader(byte[] octets) {
        this.octets = octets;
    }

    /** Returns the value. Throws {@link JsonError}. */
    static Object read(byte[] octets) {
        JsonReader reader = new JsonReader(octets);
        Object value = reader.value();
        reader.skipSpace();
        if (reader.position < octets.length) {
            throw reader.wrong("more after the value");
        }
        return value;
    }

    private Object value() {
        skipSpace();
        switch (peek()) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Map<String, Object> object() {
        enter();
        Map<String, Object> members = new LinkedHashMap<>();
        if (!ends('}')) {
            do {
                skipSpace();
                if (peek() != '"') {
                    throw wrong("no name of a member");
                }
                String name = string();
                skipSpace();
                expect(':');
                members.put(name, value());
            } while (goesOn('}'));
        }
        depth--;
        return members;
    }

    private List<Object> array() {
        enter();
        List<Object> elements = new ArrayList<>();
        if (!ends(']')) {
            do {
                elements.add(value());
            } while (goesOn(']'));
        }
        depth--;
        return elements;
    }

    private void enter() {
        position++;
        if (++depth > MAX_DEPTH) {
            throw wrong("nested deeper than " + MAX_DEPTH);
        }
    }

    private boolean ends(char end) {
        skipSpace();
        boolean isEnd = peek() == end;
        if (isEnd) {
            position++;
        }
        return isEnd;
    }

    private boolean goesOn(char end) {
        if (ends(end)) {
            return false;
        }
        expect(',');
        return true;
    }

    private String string() {
        int start = ++position;
        while (position < octets.length) {
            byte octet = octets[position];
            if (octet == '"') {
                return new String(octets, start, position++ - start, StandardCharsets.UTF_8);
            }
            if (octet == '\\') {
                return escaped(start);
            }
            position++;
        }
        throw wrong("a string without an end");
    }

    private String escaped(int start) {
        StringBuilder text = new StringBuilder();
        int plain = start;
        while (position < octets.length) {
            byte octet = octets[position];
            if (octet == '"' || octet == '\\') {
                text.append(new String(octets, plain, position - plain, StandardCharsets.UTF_8));
                position++;
                if (octet == '"') {
                    return text.toString();
                }
                text.append(escape());
                plain = position;
            } else {
                position++;
            }
        }
        throw wrong("a string without an end");
    }

    private char escape() {
        char kind = (char) peek();
        position++;
        switch (kind) {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                return unicode();
            case '"':
            case '\\':
            case '/':
                return kind;
            default:
                throw wrong("an unknown escape");
        }
    }

    private char unicode() {
        int code = 0;
        for (int count = 0; count < 4; count++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0) {
                throw wrong("an unknown escape");
            }
            code = code << 4 | digit;
            position++;
        }
        return (char) code;
    }

    private Object word(String word, Object value) {
        for (int index = 0; index < word.length(); index++) {
            expect(word.charAt(index));
        }
        return value;
    }

    private Number number() {
        int start = position;
        boolean isWhole = true;
        while (position < octets.length && "+-.0123456789Ee".indexOf(octets[position]) >= 0) {
            isWhole &= ".Ee".indexOf(octets[position]) < 0;
            position++;
        }
        String text = new String(octets, start, position - start, StandardCharsets.US_ASCII);
        try {
            if (!isWhole) {
                return new BigDecimal(text);
            }
            if (text.length() > 18) {
                BigInteger large = new BigInteger(text);
                return large.bitLength() < Long.SIZE ? (Number) large.longValue() : large;
            }
            long value = Long.parseLong(text);
            return value == (int) value ? (Number) (int) value : value;
        } catch (NumberFormatException error) {
            position = start;
            throw wrong("no value");
        }
    }

    private int peek() {
        if (position >= octets.length) {
            throw wrong("an end too soon");
        }
        return octets[position];
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw wrong("no '" + wanted + "'");
        }
        position++;
    }

    private void skipSpace() {
        while (position < octets.length && " \t\n\r".indexOf(octets[position]) >= 0) {
            position++;
        }
    }

    private JsonError wrong(String what) {
        return new JsonError("The JSON has " + what + " at octet " + position);
    }
}
