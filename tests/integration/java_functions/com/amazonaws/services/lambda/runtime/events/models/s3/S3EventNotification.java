package com.amazonaws.services.lambda.runtime.events.models.s3;

import java.time.ZonedDateTime;
import java.util.List;

/** The constructors of AWS's class of that name (aws-lambda-java-events), as far as the tests use them. */
public class S3EventNotification {
    private final List<S3EventNotificationRecord> records;

    public S3EventNotification(List<S3EventNotificationRecord> records) {
        this.records = records;
    }

    public List<S3EventNotificationRecord> getRecords() {
        return records;
    }

    public static class S3ObjectEntity {
        private final String key;
        private final Long size;
        private final String eTag;

        public S3ObjectEntity(String key, Long size, String eTag, String versionId) {
            this(key, size, eTag, versionId, null);
        }

        public S3ObjectEntity(String key, Long size, String eTag, String versionId, String sequencer) {
            this.key = key;
            this.size = size;
            this.eTag = eTag;
        }

        public String getKey() {
            return key;
        }

        public String getUrlDecodedKey() {
            return key.replace('+', ' ');
        }

        public Long getSize() {
            return size;
        }

        public String geteTag() {
            return eTag;
        }
    }

    public static class S3Entity {
        private final S3ObjectEntity object;

        public S3Entity(String configurationId, Object bucket, S3ObjectEntity object, String s3SchemaVersion) {
            this.object = object;
        }

        public S3ObjectEntity getObject() {
            return object;
        }
    }

    public static class ResponseElementsEntity {
        private final String xAmzId2;
        private final String xAmzRequestId;

        public ResponseElementsEntity(String xAmzId2, String xAmzRequestId) {
            this.xAmzId2 = xAmzId2;
            this.xAmzRequestId = xAmzRequestId;
        }

        public String getxAmzId2() {
            return xAmzId2;
        }

        public String getxAmzRequestId() {
            return xAmzRequestId;
        }
    }

    public static class S3EventNotificationRecord {
        private final String eventName;
        private final ZonedDateTime eventTime;
        private final ResponseElementsEntity responseElements;
        private final S3Entity s3;

        public S3EventNotificationRecord(String awsRegion, String eventName, String eventSource, String eventTime,
                String eventVersion, Object requestParameters, ResponseElementsEntity responseElements, S3Entity s3,
                Object userIdentity) {
            this.eventName = eventName;
            this.eventTime = ZonedDateTime.parse(eventTime);
            this.responseElements = responseElements;
            this.s3 = s3;
        }

        public String getEventName() {
            return eventName;
        }

        public ZonedDateTime getEventTime() {
            return eventTime;
        }

        public ResponseElementsEntity getResponseElements() {
            return responseElements;
        }

        public S3Entity getS3() {
            return s3;
        }
    }
}
