package com.amazonaws.services.lambda.runtime.logging;

/** The log format of a function. */
public enum LogFormat {
    JSON,
    TEXT;

    public static LogFormat fromString(String logFormat) {
        for (LogFormat format : values()) {
            if (format.name().equalsIgnoreCase(logFormat)) {
                return format;
            }
        }
        throw new IllegalArgumentException("Invalid log format: '" + logFormat + "'");
    }
}
