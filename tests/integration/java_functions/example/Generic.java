package example;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** A parent that leaves one of the types open. */
abstract class Generic<T> implements RequestHandler<T, Map<String, Object>> {}
