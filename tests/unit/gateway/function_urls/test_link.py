"""Linking function URLs: what is taken over, what is linked again."""

from dataclasses import replace

from gatewright.gateway.function_urls.link import link_urls
from gatewright.gateway.function_urls.linked import NO_URLS
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types import FunctionUrl
from tests.unit.gateway.fakes import Gateway, qualified_function, snapshot, whole_function
from tests.unit.gateway.function_urls.fakes import URL_ID, function_with_url

OTHER_ARN = "arn:aws:lambda:us-east-2:123456789012:function:other"


def test_only_changed_functions_are_linked_again() -> None:
    first, plain = whole_function(function_with_url()), whole_function(qualified_function(arn=OTHER_ARN, name="other"))
    before = link_urls({first.arn: first, plain.arn: plain}, NO_URLS, ClfClock())
    assert list(before.by_id) == [URL_ID]
    given = replace(plain, qualified={"": replace(plain.qualified[""], url=FunctionUrl("x", "NONE", "BUFFERED", None))})
    after = link_urls({first.arn: first, plain.arn: given}, before, ClfClock())
    assert after.by_id[URL_ID] is before.by_id[URL_ID]
    assert set(after.by_id) == {URL_ID, "x"}
    gone = link_urls({plain.arn: given}, after, ClfClock())
    assert set(gone.by_id) == {"x"}
    assert gone.by_id["x"] is after.by_id["x"]


def test_functions_and_aliases_have_their_own() -> None:
    own = function_with_url()
    alias = replace(
        own, arn=f"{own.arn}:live", qualifier="live", url=FunctionUrl("y", "AWS_IAM", "RESPONSE_STREAM", None)
    )
    function = whole_function(own, alias)
    # A URL of the function itself is compiled for the unqualified function alone.
    function = replace(
        function, qualified={**function.qualified, "$LATEST": replace(function.qualified["$LATEST"], url=None)}
    )
    linked = link_urls({function.arn: function}, NO_URLS, ClfClock()).by_id
    assert {url_id: (url.function.arn, url.is_streamed) for url_id, url in linked.items()} == {
        URL_ID: (own.arn, False),
        "y": (alias.arn, True),
    }


def test_the_gateway_links_them_with_its_apis() -> None:
    gateway = Gateway()
    function = whole_function(replace(function_with_url()))
    linked = gateway.link(snapshot(functions=[function]))
    assert list(linked.urls.by_id) == [URL_ID]
    again = gateway.link(snapshot(functions=[function], revision=2))
    assert again.urls.by_id[URL_ID] is linked.urls.by_id[URL_ID]
