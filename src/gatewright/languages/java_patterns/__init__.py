"""Regular expressions of java.util.regex in those of the `regex` package: selection patterns, filters, templates.

    flags          `i`, `m`, `s` … and where they hold
    properties     `\\p{…}`, `\\d` and their like, as members of a class
    classes        `[…]`
    escapes        what follows a backslash
    translation    everything else, and the walk through a pattern

What the two understand differently is said in other words, flags included; what only the package knows is refused.
The reference is the Java 17 that the tests ask. Source: class Pattern, "Java Platform, Standard Edition API
Specification".
"""

from gatewright.languages.java_patterns.translation import JAVA_FLAGS, compile_java, translate_java

__all__ = ["JAVA_FLAGS", "compile_java", "translate_java"]
