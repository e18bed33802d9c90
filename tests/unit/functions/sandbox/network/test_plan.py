from gatewright.functions.sandbox.network.plan import MAX_MESSAGE_BYTES, Plan, plan_from_json


def test_it_arrives_as_it_was_sent() -> None:
    plan = Plan(("/usr/bin/pasta", "--foreground"), 65534, 65534, 9001, 4566, ("169.254.0.0/16", "10.0.0.0/8"))
    assert plan_from_json(plan.to_json()) == plan
    assert len(plan.to_json()) < MAX_MESSAGE_BYTES
