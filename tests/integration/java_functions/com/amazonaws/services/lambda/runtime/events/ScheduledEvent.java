package com.amazonaws.services.lambda.runtime.events;

import java.util.Map;
import org.joda.time.DateTime;

/** The accessors of AWS's class of that name (aws-lambda-java-events), as far as the tests use them. */
public class ScheduledEvent {
    private String detailType;
    private Map<String, Object> detail;
    private DateTime time;

    public String getDetailType() {
        return detailType;
    }

    public void setDetailType(String detailType) {
        this.detailType = detailType;
    }

    public Map<String, Object> getDetail() {
        return detail;
    }

    public void setDetail(Map<String, Object> detail) {
        this.detail = detail;
    }

    public DateTime getTime() {
        return time;
    }

    public void setTime(DateTime time) {
        this.time = time;
    }
}
