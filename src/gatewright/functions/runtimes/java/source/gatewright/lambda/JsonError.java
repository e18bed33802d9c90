package gatewright.lambda;

/** JSON that is none, or that does not fit the type that is wanted. */
final class JsonError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JsonError(String message) {
        super(message);
    }

    JsonError(String message, Throwable cause) {
        super(message, cause);
    }
}
