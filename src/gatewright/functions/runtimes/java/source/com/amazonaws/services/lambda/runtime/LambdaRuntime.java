package com.amazonaws.services.lambda.runtime;

/** Where appenders of logging libraries find the function's log. */
public final class LambdaRuntime {
    private static volatile LambdaLogger logger = new LambdaLogger() {
        @Override
        public void log(String message) {
            System.out.print(message);
        }

        @Override
        public void log(byte[] message) {
            System.out.write(message, 0, message.length);
        }
    };

    private LambdaRuntime() {}

    public static LambdaLogger getLogger() {
        return logger;
    }

    /** For the bootstrap. */
    public static void setLogger(LambdaLogger functionLogger) {
        logger = functionLogger;
    }
}
