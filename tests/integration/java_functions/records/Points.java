package records;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.List;

/** A handler of records, for Java 17. */
public class Points implements RequestHandler<Points.Line, Points.Answer> {
    record Point(int x, int y) {}

    public record Line(List<Point> points, String name) {}

    public record Answer(Line line, long length) {}

    @Override
    public Answer handleRequest(Line line, Context context) {
        return new Answer(line, line.points().size());
    }
}
