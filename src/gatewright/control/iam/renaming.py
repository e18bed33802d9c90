"""What names a principal elsewhere and has to follow when it gets another name."""

from gatewright.control.context import Context
from gatewright.control.iam.attached_policies import attachment_key, note_attachment
from gatewright.control.iam.documents import BOUNDARY, SERVICE, Entity
from gatewright.store.types import Document, Writer


def move_attachments(context: Context, writer: Writer, entity: Entity, document: Document, before: str) -> None:
    """Write the attachments and the boundary of a principal under its new name."""
    after = document[entity.name]
    for arn in document.get("AttachedPolicies", ()):
        writer.delete(attachment_key(context, arn, entity, before))
        note_attachment(context, writer, arn, entity, after)
    boundary = document.get("PermissionsBoundary")
    if boundary is not None:
        writer.delete(context.global_key(SERVICE, BOUNDARY, f"{boundary}|{entity.kind}/{before.lower()}"))
        place = f"{boundary}|{entity.kind}/{after.lower()}"
        writer.put(context.global_key(SERVICE, BOUNDARY, place), {"Kind": entity.kind, "Name": after})
