"""API stages of usage plans: which plans name a stage, and what happens to them when it goes.

Source: the ApiStage type in the "Amazon API Gateway REST API Reference".
"""

from gatewright.control.apigateway.documents import USAGE_PLAN, key, list_documents
from gatewright.control.context import Context
from gatewright.store.types import Document, Writer


def api_stage_name(api_stage: Document) -> str:
    """Return how patches and errors name a stage of an API: `api:stage`."""
    return f"{api_stage['apiId']}:{api_stage['stage']}"


def forget_api_stage(context: Context, writer: Writer, api_id: str, stage_name: str | None = None) -> None:
    """Take a stage that is deleted out of all usage plans; every stage of the API without `stage_name`."""
    for plan in list_documents(context, writer, USAGE_PLAN):
        left = [
            api_stage
            for api_stage in plan["apiStages"]
            if api_stage["apiId"] != api_id or stage_name not in (None, api_stage["stage"])
        ]
        if left != plan["apiStages"]:
            writer.put(key(context, USAGE_PLAN, plan["id"]), {**plan, "apiStages": left})
