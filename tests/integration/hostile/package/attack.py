"""The function of the hostile suite: each attack is a function here, named in the event.

An attack returns what it got hold of, as a list of short texts: an empty list is a failed attack. It runs inside a
sandbox on whatever Python is there, so it uses nothing but the standard library and the system calls.
"""

import flooding
import reading
import resources
import system
import writing

ATTACKS = {**reading.ATTACKS, **writing.ATTACKS, **system.ATTACKS, **resources.ATTACKS, **flooding.ATTACKS}


def handler(event, context):
    """Run the attack that the event names, with its arguments."""
    return ATTACKS[event["attack"]](**event.get("arguments", {}))
