"""AWS::Serverless-2016-10-31: SAM, by AWS's own translator.

Why that one, and what is done so that it needs neither a network nor credentials: docs/decisions/0019-sam.md. It is
imported with the first template that asks for it. Its region is a class attribute, so that one template at a time is
translated.

Sources: AWS SAM Developer Guide, "AWS SAM specification"; the messages are the translator's.
"""

import copy
import logging
import threading
from dataclasses import dataclass
from typing import Any

from gatewright.base.errors import GatewrightError
from gatewright.base.late import late_imports
from gatewright.stacks.template.errors import TransformError
from gatewright.stacks.template.intrinsics import Scope
from gatewright.stacks.template.types import Json, JsonObject

NAME = "AWS::Serverless-2016-10-31"

_LOG = logging.getLogger(__name__)
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Session:
    """All that the translator wants of a session of boto3."""

    region_name: str


def transform(document: JsonObject, scope: Scope) -> JsonObject:
    """Return a template with CloudFormation's resources in place of SAM's. Raises TransformError."""
    _refuse_repository(document)
    with late_imports():
        from samtranslator.metrics.metrics import DummyMetricsPublisher, Metrics
        from samtranslator.model.exceptions import InvalidDocumentException
        from samtranslator.parser.parser import Parser
        from samtranslator.translator.translator import Translator
        from samtranslator.utils.py27hash_fix import to_py27_compatible_template
    # It warns of its own switches, which are nothing that a user of SAM could do anything about.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    values: dict[str, Any] = dict(scope.parameters) | {"AWS::Partition": scope.environment.partition}
    fragment = copy.deepcopy(document)
    metrics = Metrics("ServerlessTransform", DummyMetricsPublisher())
    with _ONE_AT_A_TIME:
        try:
            # Logical ids have hashes of what Python 2.7 made of the template: without this they would not be AWS's.
            to_py27_compatible_template(fragment, values)
            session = _Session(scope.environment.region)
            translator = Translator(None, Parser(), boto_session=session, metrics=metrics)
            translated = translator.translate(
                fragment, parameter_values=values, get_managed_policy_map=lambda: dict(scope.seams.managed_policies())
            )
            plain: JsonObject = _plain(translated)
        except InvalidDocumentException as error:
            raise failed(" ".join([error.message, *(cause.message for cause in error.causes)])) from None
        except GatewrightError:
            raise
        except Exception:  # noqa: BLE001  # AWS says no more of templates that the translator stumbles over
            _LOG.exception("the SAM translator failed")
            raise failed("Internal transform failure.") from None
        finally:
            # It warns of what nobody publishes, which here is nobody's business.
            metrics.publish()
    return plain


def failed(reason: str) -> TransformError:
    """Return the error of this transform."""
    return TransformError(f"Transform {NAME} failed with: {reason}")


def _refuse_repository(document: JsonObject) -> None:
    resources = document.get("Resources")
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        if not isinstance(resource, dict) or resource.get("Type") != "AWS::Serverless::Application":
            continue
        properties = resource.get("Properties")
        if isinstance(properties, dict) and isinstance(properties.get("Location"), dict):
            raise failed(
                f"Resource with id [{logical_id}] is invalid. Applications of the AWS Serverless Application "
                "Repository are not implemented: Location must be the URL of a template."
            )


def _plain(value: Json) -> Json:
    """Return a value in Python's own types; the translator has subclasses of them, and members that are None."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value if item is not None]
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return value
