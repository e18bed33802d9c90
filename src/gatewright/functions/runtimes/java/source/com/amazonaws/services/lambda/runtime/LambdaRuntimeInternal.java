package com.amazonaws.services.lambda.runtime;

/** Set by AWS's appender for Log4j, so that the runtime tells Log4j the request id. */
public final class LambdaRuntimeInternal {
    private static volatile boolean useLog4jAppender;

    private LambdaRuntimeInternal() {}

    public static boolean getUseLog4jAppender() {
        return useLog4jAppender;
    }

    public static void setUseLog4jAppender(boolean useLog4j) {
        useLog4jAppender = useLog4j;
    }
}
