package org.joda.time;

/** Stands for the class of Joda-Time: made by `parse`, printed in ISO 8601. */
public final class DateTime {
    private final String text;

    private DateTime(String text) {
        this.text = text;
    }

    public static DateTime parse(String text) {
        return new DateTime(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
