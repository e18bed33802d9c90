package com.amazonaws.services.lambda.runtime.events.models.dynamodb;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

/** The accessors of AWS's class of that name (aws-lambda-java-events), as far as the tests use them. */
public class AttributeValue {
    private String s;
    private ByteBuffer b;
    private List<String> sS;
    private Boolean nULLValue;

    public String getS() {
        return s;
    }

    public void setS(String s) {
        this.s = s;
    }

    public ByteBuffer getB() {
        return b;
    }

    public void setB(ByteBuffer b) {
        this.b = b;
    }

    public List<String> getSS() {
        return sS;
    }

    public void setSS(Collection<String> sS) {
        this.sS = new java.util.ArrayList<>(sS);
    }

    public Boolean isNULL() {
        return nULLValue;
    }

    public Boolean getNULL() {
        return nULLValue;
    }

    public void setNULL(Boolean nULLValue) {
        this.nULLValue = nULLValue;
    }
}
