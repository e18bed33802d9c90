package com.amazonaws.services.lambda.runtime.logging;

/** The application log level, from the least to the most important. */
public enum LogLevel {
    /** What is logged without a level is never filtered. */
    UNDEFINED,
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL;

    public static LogLevel fromString(String logLevel) {
        for (LogLevel level : values()) {
            if (level.name().equalsIgnoreCase(logLevel)) {
                return level;
            }
        }
        throw new IllegalArgumentException("Invalid log level: '" + logLevel + "'");
    }
}
