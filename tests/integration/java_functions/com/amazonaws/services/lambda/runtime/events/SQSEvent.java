package com.amazonaws.services.lambda.runtime.events;

import java.util.List;

/** The accessors of AWS's class of that name (aws-lambda-java-events), as far as the tests use them. */
public class SQSEvent {
    private List<SQSMessage> records;

    public List<SQSMessage> getRecords() {
        return records;
    }

    public void setRecords(List<SQSMessage> records) {
        this.records = records;
    }

    public static class SQSMessage {
        private String body;
        private String eventSourceArn;

        public String getBody() {
            return body;
        }

        public void setBody(String body) {
            this.body = body;
        }

        public String getEventSourceArn() {
            return eventSourceArn;
        }

        public void setEventSourceArn(String arn) {
            eventSourceArn = arn;
        }
    }
}
