package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOError;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;

/**
 * Runs a Java function: loads its handler, then asks the Runtime API for one invocation after the other.
 *
 * <p>What the function sees, and how its errors look, is what AWS's runtime interface client does, which runs on Lambda
 * (aws/aws-lambda-java-libs, `AWSLambda` and `EventHandlerLoader`).
 */
public final class Main {
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    private final RuntimeApi api;
    private final FunctionLogger logger;
    private final Handler handler;

    private Main(RuntimeApi api, FunctionLogger logger, Handler handler) {
        this.api = api;
        this.logger = logger;
        this.handler = handler;
    }

    /** Takes no arguments: everything is in the environment variables of the Runtime API. */
    public static void main(String[] arguments) throws IOException {
        System.setOut(printer(FileDescriptor.out));
        System.setErr(printer(FileDescriptor.err));
        try {
            serve(System.getenv("AWS_LAMBDA_RUNTIME_API"), System.getenv("_HANDLER"));
        } catch (RuntimeApi.Gone gone) {
            System.exit(1); // nobody is left to be told
        }
        System.exit(1);
    }

    /** Returns when INIT failed, or after an error that leaves the virtual machine in doubt. */
    static void serve(String address, String handlerName) throws IOException {
        FunctionLogger logger = FunctionLogger.fromEnvironment();
        LambdaRuntime.setLogger(logger);
        RuntimeApi api = RuntimeApi.connect(address);
        try {
            new Main(api, logger, HandlerLoader.load(handlerName, Main.class.getClassLoader())).run();
        } catch (UserFault fault) {
            logger.logFault(fault);
            api.reportInitError(fault.toJson());
        }
    }

    private static PrintStream printer(FileDescriptor descriptor) throws UnsupportedEncodingException {
        return new PrintStream(new FileOutputStream(descriptor), false, "UTF-8");
    }

    private void run() throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream(1024);
        boolean goesOn = true;
        while (goesOn) {
            Invocation invocation = api.next();
            tellTracer(invocation.traceId);
            FunctionContext context = new FunctionContext(invocation, logger);
            logger.setRequest(invocation.requestId, invocation.tenantId);
            output.reset();
            try {
                handler.call(invocation.event, output, context);
                api.respond(invocation.requestId, output);
                Thread.interrupted(); // the function may have left the thread interrupted
            } catch (UserFault fault) {
                logger.logFault(fault); // before the host writes that the invocation has ended
                api.reportError(invocation.requestId, "Runtime.BadFunctionCode", fault.toJson());
                goesOn = !fault.isFatal;
            } catch (RuntimeApi.Gone gone) {
                throw gone;
            } catch (Throwable error) {
                goesOn = !(error instanceof VirtualMachineError || error instanceof IOError);
                logger.logFault(UserFault.of(error, false));
                api.reportError(invocation.requestId, "Runtime.UserException", UserFault.toJson(error));
            }
        }
    }

    private static void tellTracer(String traceId) {
        if (traceId == null) {
            System.clearProperty(TRACE_PROPERTY);
        } else {
            System.setProperty(TRACE_PROPERTY, traceId);
        }
    }
}
