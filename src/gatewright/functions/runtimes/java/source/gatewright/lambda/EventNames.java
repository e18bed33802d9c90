package gatewright.lambda;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that members of AWS's events have in JSON, where they are not those of the Java properties.
 *
 * <p>Source: the mixins, `LambdaEventSerializers` and `S3EventSerializer` of aws/aws-lambda-java-libs
 * (aws-lambda-java-serialization). Annotations in the classes themselves count for nothing, on Lambda neither.
 */
final class EventNames {
    private static final String EVENTS = "com.amazonaws.services.lambda.runtime.events.";
    private static final String DYNAMODB = "com.amazonaws.services.dynamodbv2.model.";
    private static final String S3 = "com.amazonaws.services.s3.event.S3EventNotification";
    private static final String S3_MODELS = EVENTS + "models.s3.S3EventNotification";

    private static final Map<String, Map<String, String>> NAMES = names();
    private static final Map<String, List<String>> CONSTRUCTORS = constructors();

    private EventNames() {}

    static boolean isEvent(Class<?> type) {
        String name = type.getName();
        return name.startsWith(EVENTS) || name.startsWith(DYNAMODB) || name.startsWith(S3);
    }

    /** Returns JSON names by property, of those that differ. */
    static Map<String, String> of(Class<?> type) {
        return isEvent(type) ? NAMES.getOrDefault(type.getName(), Collections.emptyMap()) : Collections.emptyMap();
    }

    /** Returns whether all names of a class begin with a capital. */
    static boolean isPascalCase(Class<?> type) {
        return type.getName().startsWith(EVENTS + "SNSEvent");
    }

    static String pascalCase(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** Returns the JSON names of a constructor's parameters, for classes without setters; null for all others. */
    static List<String> constructorNames(Class<?> type) {
        String name = type.getName();
        if (name.equals(EVENTS + "S3Event")) {
            name = S3_MODELS;
        }
        return CONSTRUCTORS.get(name.startsWith(S3) ? S3_MODELS + name.substring(S3.length()) : name);
    }

    private static Map<String, Map<String, String>> names() {
        Map<String, Map<String, String>> names = new HashMap<>();
        Map<String, String> records = Bean.names("records", "Records");
        for (String event : new String[] {"CloudFrontEvent", "CodeCommitEvent", "DynamodbEvent", "KinesisEvent",
            "KinesisTimeWindowEvent", "SNSEvent", "SQSEvent", "S3Event"}) {
            names.put(EVENTS + event, records);
        }
        for (String notification : new String[] {S3, S3_MODELS}) {
            names.put(notification, records);
            names.put(notification + "$ResponseElementsEntity",
                    Bean.names("xAmzId2", "x-amz-id-2", "xAmzRequestId", "x-amz-request-id"));
        }
        Map<String, String> source = Bean.names("eventSourceArn", "eventSourceARN");
        names.put(EVENTS + "SQSEvent$SQSMessage", source);
        names.put(EVENTS + "DynamodbEvent$DynamodbStreamRecord", source);
        names.put(EVENTS + "DynamodbTimeWindowEvent",
                Bean.names("records", "Records", "eventSourceArn", "eventSourceARN"));
        names.put(EVENTS + "SNSEvent$SNSRecord", Bean.names("SNS", "Sns", "sns", "Sns"));
        names.put(EVENTS + "CodeCommitEvent$Record", Bean.names("codeCommit", "codecommit", "eventSourceArn",
                "eventSourceARN", "userIdentityArn", "userIdentityARN"));
        names.put(EVENTS + "CloudWatchLogsEvent", Bean.names("awsLogs", "awslogs"));
        names.put(EVENTS + "ScheduledEvent", Bean.names("detailType", "detail-type"));
        names.put(EVENTS + "CloudFormationCustomResourceEvent", capitalized("responseUrl", "ResponseURL", "requestType",
                "serviceToken", "physicalResourceId", "stackId", "requestId", "logicalResourceId", "resourceType",
                "resourceProperties", "oldResourceProperties"));
        names.put(EVENTS + "SecretsManagerRotationEvent",
                capitalized("", "", "step", "secretId", "clientRequestToken", "rotationToken"));
        addConnect(names);
        addDynamodb(names, DYNAMODB);
        addDynamodb(names, EVENTS + "models.dynamodb.");
        return names;
    }

    private static void addConnect(Map<String, Map<String, String>> names) {
        String event = EVENTS + "ConnectEvent";
        names.put(event, capitalized("", "", "details", "name"));
        names.put(event + "$Details", capitalized("", "", "contactData", "parameters"));
        names.put(event + "$ContactData", capitalized("instanceArn", "InstanceARN", "attributes", "channel", "contactId",
                "customerEndpoint", "initialContactId", "initiationMethod", "previousContactId", "queue",
                "systemEndpoint"));
        names.put(event + "$CustomerEndpoint", capitalized("", "", "address", "type"));
        names.put(event + "$SystemEndpoint", capitalized("", "", "address", "type"));
    }

    private static void addDynamodb(Map<String, Map<String, String>> names, String prefix) {
        names.put(prefix + "StreamRecord", capitalized("", "", "keys", "sizeBytes", "sequenceNumber", "streamViewType",
                "newImage", "oldImage", "approximateCreationDateTime"));
        names.put(prefix + "AttributeValue", capitalized("", "", "s", "n", "b", "m", "l"));
    }

    /** Returns names that differ by their first letter only, after one pair that differs by more. */
    private static Map<String, String> capitalized(String other, String otherJson, String... properties) {
        Map<String, String> names = Bean.names(other, otherJson);
        for (String property : properties) {
            names.put(property, pascalCase(property));
        }
        return names;
    }

    private static Map<String, List<String>> constructors() {
        Map<String, List<String>> found = new HashMap<>();
        found.put(S3_MODELS, Collections.singletonList("Records"));
        found.put(S3_MODELS + "$UserIdentityEntity", Collections.singletonList("principalId"));
        found.put(S3_MODELS + "$S3BucketEntity", Arrays.asList("name", "ownerIdentity", "arn"));
        found.put(S3_MODELS + "$S3ObjectEntity", Arrays.asList("key", "size", "eTag", "versionId", "sequencer"));
        found.put(S3_MODELS + "$S3Entity", Arrays.asList("configurationId", "bucket", "object", "s3SchemaVersion"));
        found.put(S3_MODELS + "$RequestParametersEntity", Collections.singletonList("sourceIPAddress"));
        found.put(S3_MODELS + "$ResponseElementsEntity", Arrays.asList("x-amz-id-2", "x-amz-request-id"));
        found.put(S3_MODELS + "$S3EventNotificationRecord", Arrays.asList("awsRegion", "eventName", "eventSource",
                "eventTime", "eventVersion", "requestParameters", "responseElements", "s3", "userIdentity"));
        return found;
    }
}
