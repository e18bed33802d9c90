from gatewright.base.errors import AwsError, BodyBroken, BodyTimeout, BodyTooLarge, OperationNotImplemented


def test_an_aws_error_carries_code_message_status_and_members() -> None:
    error = AwsError("TooManyRequestsException", "Rate Exceeded.", status=429, members={"Reason": "X"})
    assert str(error) == "TooManyRequestsException: Rate Exceeded."
    assert (error.code, error.message, error.status, dict(error.members)) == (
        "TooManyRequestsException",
        "Rate Exceeded.",
        429,
        {"Reason": "X"},
    )


def test_what_is_not_built_says_so() -> None:
    error = OperationNotImplemented("lambda PublishLayerVersion is not built")
    assert (error.code, error.status) == ("NotImplemented", 501)


def test_body_errors_know_their_status() -> None:
    assert [one.status for one in (BodyTooLarge, BodyTimeout, BodyBroken)] == [413, 408, 400]
