"""Code that a template has inline: `index.js` or `index.py` in an archive, with the module that answers custom
resources.

Source: Code in AWS::Lambda::Function, "cfn-response module" (AWS CloudFormation User Guide). The module is added
where the code names it. The archive of the same code is the same, octet by octet.
"""

import io
import zipfile
from importlib.resources import files
from typing import Final

from gatewright.base.errors import AwsError

_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL: Final = 0o644 << 16


def archive_of(code: str, runtime: str) -> bytes:
    """Return the deployment package of inline code. Raises AwsError for a runtime that has none."""
    if runtime.startswith("python"):
        entries = {"index.py": code}
        if "cfnresponse" in code:
            entries["cfnresponse.py"] = _module("cfnresponse.py")
    elif runtime.startswith("nodejs"):
        entries = {"index.js": code}
        if "cfn-response" in code:
            entries["node_modules/cfn-response/index.js"] = _module("cfn-response.js")
    else:
        raise AwsError(
            "InvalidRequest",
            f"ZipFile can only be used when Runtime is one of Node.js or Python, not {runtime or 'absent'}.",
        )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = _READABLE_BY_ALL
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _module(name: str) -> str:
    return (files("gatewright.stacks.resource_types.lambda_") / "response_modules" / name).read_text("utf-8")
