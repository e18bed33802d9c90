"""The types of parameters, and what each makes of a text.

Source: AWS CloudFormation User Guide, "CloudFormation-supplied parameter types" and "CloudFormation template
Parameters syntax".
"""

import re
from dataclasses import dataclass

_AWS_TYPES = frozenset(
    {
        "AWS::EC2::AvailabilityZone::Name",
        "AWS::EC2::Image::Id",
        "AWS::EC2::Instance::Id",
        "AWS::EC2::KeyPair::KeyName",
        "AWS::EC2::SecurityGroup::GroupName",
        "AWS::EC2::SecurityGroup::Id",
        "AWS::EC2::Subnet::Id",
        "AWS::EC2::Volume::Id",
        "AWS::EC2::VPC::Id",
        "AWS::Route53::HostedZone::Id",
    }
)
_NO_LISTS = frozenset({"AWS::EC2::KeyPair::KeyName"})
_LIST = re.compile(r"List<([^<>]+)>")
_SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class ParameterType:
    """A type, taken apart: `AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>` is all three."""

    member: str
    """String, Number, AWS::SSM::Parameter::Name or one of AWS's own types."""
    is_list: bool = False
    is_ssm_value: bool = False

    def read(self, text: str) -> str | list[str]:
        """Return what Ref gives for a text. Members of a list are parted by commas, and lose the space around them."""
        return [item.strip() for item in text.split(",")] if self.is_list else text


def parse_type(text: str) -> ParameterType | None:
    """Return the parts of a type, or None for one that CloudFormation has not."""
    in_ssm = _SSM_VALUE.fullmatch(text)
    if in_ssm:
        inner = _parse_plain(in_ssm[1])
        if inner is None or inner.member == "Number":
            return None
        return ParameterType(inner.member, inner.is_list, is_ssm_value=True)
    return ParameterType(text) if text == "AWS::SSM::Parameter::Name" else _parse_plain(text)


def _parse_plain(text: str) -> ParameterType | None:
    if text == "CommaDelimitedList":
        return ParameterType("String", is_list=True)
    in_list = _LIST.fullmatch(text)
    member = in_list[1] if in_list else text
    is_known = member in {"String", "Number"} or member in _AWS_TYPES
    if not is_known or (in_list and member in _NO_LISTS):
        return None
    return ParameterType(member, is_list=in_list is not None)


def is_number(text: str) -> bool:
    """Tell whether a text is a number as a parameter may have it."""
    return _NUMBER.fullmatch(text.strip()) is not None
