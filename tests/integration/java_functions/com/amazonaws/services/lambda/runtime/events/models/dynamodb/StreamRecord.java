package com.amazonaws.services.lambda.runtime.events.models.dynamodb;

import java.util.Date;
import java.util.Map;

/** The accessors of AWS's class of that name (aws-lambda-java-events), as far as the tests use them. */
public class StreamRecord {
    public enum ViewType {
        KEYS_ONLY,
        NEW_IMAGE
    }

    private Map<String, AttributeValue> newImage;
    private Date approximateCreationDateTime;
    private String streamViewType;

    public Map<String, AttributeValue> getNewImage() {
        return newImage;
    }

    public void setNewImage(Map<String, AttributeValue> newImage) {
        this.newImage = newImage;
    }

    public Date getApproximateCreationDateTime() {
        return approximateCreationDateTime;
    }

    public void setApproximateCreationDateTime(Date time) {
        approximateCreationDateTime = time;
    }

    public String getStreamViewType() {
        return streamViewType;
    }

    public void setStreamViewType(ViewType type) {
        streamViewType = "of the enum";
    }

    public void setStreamViewType(String type) {
        streamViewType = type;
    }
}
