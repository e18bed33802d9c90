"""CreateStack: order, events, roll-back.

Events as recorded of AWS (localstack, api/test_stacks.snapshot.json, test_list_events_after_deployment and
test_blocked_stack_deletion), reasons as CloudFormation words them ("Understand stack creation events", User Guide).
"""

import threading

import pytest

from tests.unit.stacks.execution.nodes import Stacks, template, thing

PAIR = template(
    {"Second": thing({"Fn::GetAtt": ["First", "Value"]}), "First": thing("1")},
    Outputs={"Name": {"Value": {"Ref": "Second"}, "Description": "What it is called"}},
)


def test_resources_are_made_after_those_that_they_need(stacks: Stacks) -> None:
    answer = stacks.call("CreateStack", StackName="app", TemplateBody=PAIR)
    assert answer["StackId"].startswith("arn:aws:cloudformation:us-east-1:123456789012:stack/app/")
    assert stacks.status() == "CREATE_COMPLETE"
    assert stacks.world.calls == ["create First", "create Second"]
    physical_id = stacks.resources()["Second"]["PhysicalResourceId"]
    assert stacks.world.things[physical_id]["Value"] == "1"
    assert stacks.stack()["Outputs"] == [
        {"OutputKey": "Name", "OutputValue": physical_id, "Description": "What it is called"}
    ]
    assert stacks.events() == [
        ("app", "CREATE_IN_PROGRESS", "User Initiated"),
        ("First", "CREATE_IN_PROGRESS", ""),
        ("First", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("First", "CREATE_COMPLETE", ""),
        ("Second", "CREATE_IN_PROGRESS", ""),
        ("Second", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Second", "CREATE_COMPLETE", ""),
        ("app", "CREATE_COMPLETE", ""),
    ]


def test_an_attribute_that_a_type_has_not(stacks: Stacks) -> None:
    """Found in failed deployments: serverless-plugin-log-subscription, issue 68; ministack, pull request 1628."""
    lacking = "Requested attribute Invalid does not exist in schema for AWS::SSM::Parameter"
    invalid = {"Fn::GetAtt": ["First", "Invalid"]}
    body = template({"First": thing("1"), "Second": thing(invalid)})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert ("Second", "CREATE_FAILED", lacking) in stacks.events()
    body = template({"First": thing("1")}, Outputs={"Name": {"Value": invalid}})
    stacks.call("CreateStack", StackName="other", TemplateBody=body)
    assert stacks.status("other") == "ROLLBACK_COMPLETE"
    assert ("other", "ROLLBACK_IN_PROGRESS", f"{lacking}. Rollback requested by user.") in stacks.events("other")


def test_times_of_events_increase_strictly(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({f"T{n}": thing() for n in range(30)}))
    events = stacks.call("DescribeStackEvents", StackName="app")["StackEvents"]
    times = [event["Timestamp"] for event in events]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == len(times) == 92


def test_what_does_not_need_each_other_is_made_at_the_same_time(stacks: Stacks) -> None:
    release = threading.Event()
    stacks.world.blocked = {f"create T{n}": release for n in range(4)}
    stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": template({f"T{n}": thing() for n in range(4)})})
    while stacks.world.at_once < 4:
        threading.Event().wait(0.01)
    assert stacks.status() == "CREATE_IN_PROGRESS"
    release.set()
    stacks.call("DescribeStacks")
    assert stacks.world.most_at_once == 4


def test_a_stack_that_fails_deletes_what_it_made(stacks: Stacks) -> None:
    stacks.world.failing = {"create Second": "No such value"}
    stacks.call("CreateStack", StackName="app", TemplateBody=PAIR)
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert stacks.world.things == {}
    events = stacks.events()
    (reason,) = [reason for name, status, reason in events if (name, status) == ("Second", "CREATE_FAILED")]
    assert reason.startswith('Resource handler returned message: "No such value (Service: SSM, Status Code: 400,')
    assert reason.endswith("HandlerErrorCode: InvalidRequest)")
    assert [event for event in events if event[0] == "app"] == [
        ("app", "CREATE_IN_PROGRESS", "User Initiated"),
        (
            "app",
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [Second]. Rollback requested by user.",
        ),
        ("app", "ROLLBACK_COMPLETE", ""),
    ]
    assert events[-3:-1] == [("First", "DELETE_IN_PROGRESS", ""), ("First", "DELETE_COMPLETE", "")]


def test_what_a_failed_creation_left_is_deleted(stacks: Stacks) -> None:
    stacks.world.failing = {"create Half": "Later step failed"}
    body = template({"Half": thing(Properties={"Steps": True, "Name": "half"})})
    stacks.world.things["half"] = {}
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    assert stacks.world.calls == ["create Half", "delete Half"]
    assert stacks.world.things == {}


@pytest.mark.parametrize(
    ("options", "status", "left"),
    [
        ({"DisableRollback": True}, "CREATE_FAILED", 1),
        ({"OnFailure": "DO_NOTHING"}, "CREATE_FAILED", 1),
        ({"OnFailure": "ROLLBACK"}, "ROLLBACK_COMPLETE", 0),
        ({"OnFailure": "DELETE"}, "DELETE_COMPLETE", 0),
    ],
)
def test_the_caller_says_what_becomes_of_a_failure(
    stacks: Stacks, options: dict[str, object], status: str, left: int
) -> None:
    stacks.world.failing = {"create Second": "No"}
    answer = stacks.call("CreateStack", StackName="app", TemplateBody=PAIR, **options)
    assert stacks.status(answer["StackId"]) == status
    assert len(stacks.world.things) == left


@pytest.mark.parametrize(
    ("policy", "flag", "is_left"),
    [
        ("Retain", False, True),
        ("RetainExceptOnCreate", False, False),
        ("Retain", True, False),
        ("Delete", False, False),
    ],
)
def test_policies_hold_in_a_rollback(stacks: Stacks, policy: str, flag: bool, is_left: bool) -> None:
    """ "DeletionPolicy attribute": RetainExceptOnCreate; CreateStack's parameter of that name."""
    stacks.world.failing = {"create Second": "No"}
    body = template({"First": thing(DeletionPolicy=policy), "Second": thing(DependsOn="First")})
    stacks.call("CreateStack", StackName="app", TemplateBody=body, RetainExceptOnCreate=flag)
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert bool(stacks.world.things) == is_left
    assert (("First", "DELETE_SKIPPED", "") in stacks.events()) == is_left


def test_what_is_refused_leaves_no_stack(stacks: Stacks) -> None:
    unknown = template({"A": {"Type": "AWS::Foo::Bar"}, "B": thing()})
    assert stacks.refused("CreateStack", StackName="app", TemplateBody=unknown) == (
        "ValidationError: Template format error: Unrecognized resource types: [AWS::Foo::Bar]"
    )
    assert stacks.refused("CreateStack", StackName="app") == (
        "ValidationError: Either Template URL or Template Body must be specified."
    )
    assert "at 'stackName' failed to satisfy constraint" in stacks.refused(
        "CreateStack", StackName="*@da591fa3_$", TemplateBody=PAIR
    )
    assert stacks.call("ListStacks")["StackSummaries"] == []


def test_properties_that_a_schema_refuses_fail_the_resource(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing(Properties={"Unknown": 1})}))
    assert (
        "A",
        "CREATE_FAILED",
        "Properties validation failed for resource A with message:\n[#: extraneous key [Unknown] is not permitted]",
    ) in stacks.events()


def test_a_name_is_taken_once(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=PAIR)
    assert stacks.refused("CreateStack", StackName="app", TemplateBody=PAIR) == (
        "AlreadyExistsException: Stack [app] already exists"
    )


def test_a_stack_that_takes_too_long_is_rolled_back(stacks: Stacks) -> None:
    stacks.world.functions["arn:aws:lambda:us-east-1:123456789012:function:slow"] = lambda event: {}
    slow = {
        "Type": "Custom::Slow",
        "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:slow"},
    }
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": template({"Slow": slow})})
    stacks.runs.give_up(context.begun[0], "Stack creation time exceeded the specified timeout")
    while stacks.status() in {"CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"}:
        stacks.runs.give_up(context.begun[0], "Stack creation time exceeded the specified timeout")
        threading.Event().wait(0.01)
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert ("Slow", "CREATE_FAILED", "Resource creation cancelled") in stacks.events()


def test_no_echo_parameters_are_hidden_in_events(stacks: Stacks) -> None:
    body = template({"A": thing({"Ref": "Password"})}, Parameters={"Password": {"Type": "String", "NoEcho": True}})
    parameters = [{"ParameterKey": "Password", "ParameterValue": "secret"}]
    stacks.call("CreateStack", StackName="app", TemplateBody=body, Parameters=parameters)
    assert stacks.stack()["Parameters"] == [{"ParameterKey": "Password", "ParameterValue": "****"}]
    (thing_made,) = stacks.world.things.values()
    assert thing_made["Value"] == "secret"
    events = stacks.call("DescribeStackEvents", StackName="app")["StackEvents"]
    shown = [event["ResourceProperties"] for event in events if "ResourceProperties" in event]
    assert shown
    assert all("secret" not in properties and "****" in properties for properties in shown)


def test_a_call_that_is_repeated_with_its_token_is_done_once(stacks: Stacks) -> None:
    """ClientRequestToken (CreateStack, API Reference): a retried request is not taken for another stack of the name."""
    first = stacks.call("CreateStack", StackName="app", TemplateBody=PAIR, ClientRequestToken="one")
    assert stacks.call("CreateStack", StackName="app", TemplateBody=PAIR, ClientRequestToken="one") == first
    assert stacks.world.calls == ["create First", "create Second"]
    assert "already exists" in stacks.refused(
        "CreateStack", StackName="app", TemplateBody=PAIR, ClientRequestToken="two"
    )
    events = stacks.call("DescribeStackEvents", StackName="app")["StackEvents"]
    assert {event["ClientRequestToken"] for event in events} == {"one"}
