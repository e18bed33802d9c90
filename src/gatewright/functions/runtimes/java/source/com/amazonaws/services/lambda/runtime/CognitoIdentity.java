package com.amazonaws.services.lambda.runtime;

/** The Amazon Cognito identity that authorized the invocation. */
public interface CognitoIdentity {
    String getIdentityId();

    String getIdentityPoolId();
}
