package gatewright.lambda;

/** One answer of `invocation/next`. What was not in it is null. */
final class Invocation {
    final String requestId;
    final String functionArn;
    final String traceId;
    final String clientContext;
    final String cognitoIdentity;
    final String tenantId;
    /** Milliseconds since 1970. */
    final long deadline;
    /** The event, as JSON in UTF-8. */
    final byte[] event;

    Invocation(RuntimeApi.Answer answer) {
        requestId = answer.header("lambda-runtime-aws-request-id");
        functionArn = answer.header("lambda-runtime-invoked-function-arn");
        traceId = answer.header("lambda-runtime-trace-id");
        clientContext = answer.header("lambda-runtime-client-context");
        cognitoIdentity = answer.header("lambda-runtime-cognito-identity");
        tenantId = answer.header("lambda-runtime-aws-tenant-id");
        deadline = Long.parseLong(answer.header("lambda-runtime-deadline-ms"));
        event = answer.body;
    }
}
