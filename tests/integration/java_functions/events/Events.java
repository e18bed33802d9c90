package events;

import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.SNSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.StreamRecord;

/** Handlers of AWS's events, which return what they got. */
public class Events {
    public SQSEvent sqs(SQSEvent event) {
        event.getRecords().get(0).setBody(event.getRecords().get(0).getBody() + "!");
        return event;
    }

    public SNSEvent sns(SNSEvent event) {
        return event;
    }

    public ScheduledEvent scheduled(ScheduledEvent event) {
        return event;
    }

    public S3Event s3(S3Event event) {
        return event;
    }

    public String s3Key(S3Event event) {
        return event.getRecords().get(0).getS3().getObject().getUrlDecodedKey();
    }

    public StreamRecord stream(StreamRecord event) {
        return event;
    }

    public long streamTime(StreamRecord event) {
        return event.getApproximateCreationDateTime().getTime();
    }
}
