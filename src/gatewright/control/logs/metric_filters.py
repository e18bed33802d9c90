"""TestMetricFilter. Metric filters themselves are not built.

Source: TestMetricFilter ("API Reference", CloudWatch Logs); that events are numbered from 1, as others recorded it
(radkawar/stackd, testdata/aws/logs/filters.json, September 2026).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.patterns import compiled, took_too_long
from gatewright.languages.patterns import PatternTimeout


def test_metric_filter(context: Context, request: Shape) -> Shape:
    """Tell which messages a filter pattern matches, and what it extracts of them."""
    pattern = compiled(request["filterPattern"], "Invalid metric filter pattern")
    matches = []
    for number, message in enumerate(request["logEventMessages"], 1):
        try:
            values = pattern.extract(message)
        except PatternTimeout as error:
            raise took_too_long(error) from error
        if values is not None:
            matches.append({"eventNumber": number, "eventMessage": message, "extractedValues": dict(values)})
    return {"matches": matches}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType({"TestMetricFilter": test_metric_filter})
