"""A schema, compiled: for each place of it the tests that a value of each type must pass, and the words if it doesn't.

`errors` reports like the validator that AWS uses: the keywords of a schema in the order of their names, `format` last;
members in the order of their names; and nothing below a level at which something was wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.languages.json_schema.combinations import BUDGET, Budget, BudgetExceeded, combination_rules
from gatewright.languages.json_schema.pattern_rules import pattern_rules
from gatewright.languages.json_schema.references import Location, Models, SchemaError, parse_schema
from gatewright.languages.json_schema.rules import ANY, NUMBER, RULES, Rule, Test, allowed_types, format_rule
from gatewright.languages.json_schema.syntax import check_syntax
from gatewright.languages.patterns import (
    ALL_SEARCHES_SECONDS,
    PatternError,
    PatternTimeout,
    SearchTime,
    compile_ecma,
)

NODE_LIMIT = 20_000
_TOO_DEEP = "instance nests too deep"
_TOO_SLOW = "instance takes too long to be looked at"
_MOST_ERRORS = 200
"""How many are reported: a body of ten megabytes can have a million of them."""


def _unbound(value: object) -> bool:
    raise SchemaError("a schema is used before it is compiled")


class Node:
    """One place of a schema. It is bound when the place has been compiled, as schemas may contain themselves.

    accepts        tells whether a value is valid
    allowed, rest  the same in two parts, where the same is asked of every type that is allowed, if anything is: most
                   places are like that, and who asks them looks at the type without a call
    """

    __slots__ = ("_member_nodes", "accepts", "allowed", "element_node", "is_bound", "rest", "rules")

    def __init__(self) -> None:
        self.accepts: Test = _unbound
        self.allowed: frozenset[type] | None = None
        self.rest: Test | None = None
        self.is_bound = False
        self.rules: tuple[Rule, ...] = ()
        self._member_nodes: Callable[[str], list[Node]] = lambda name: []
        self.element_node: Callable[[int], Node | None] = lambda index: None

    def report(self, value: Any, errors: list[str]) -> None:
        """Append what is wrong with a value."""
        for rule in self.rules:
            if type(value) in rule.types and not _passes(rule, value, errors):
                errors.extend(rule.describe(value))
        if errors:
            return
        if isinstance(value, dict):
            for name in sorted(value):
                if len(errors) >= _MOST_ERRORS:
                    return
                for node in self._member_nodes(name):
                    node.report(value[name], errors)
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if len(errors) >= _MOST_ERRORS:
                    return
                node_of_element = self.element_node(index)
                if node_of_element is not None:
                    node_of_element.report(element, errors)

    def bind(
        self,
        rules: tuple[Rule, ...],
        allowed: frozenset[type],
        members: tuple[Test | None, Callable[[str], list["Node"]]],
        elements: tuple[Test | None, Callable[[int], "Node | None"]],
    ) -> None:
        """Set what has been compiled."""
        self.rules = rules
        self._member_nodes = members[1]
        self.element_node = elements[1]
        tests: dict[type, Test | None] = {}
        for python_type in allowed:
            last = members[0] if python_type is dict else elements[0] if python_type is list else None
            own = [rule.passes for rule in rules if python_type in rule.types and not rule.is_of_type]
            tests[python_type] = _all_of(own if last is None else [*own, last])
        self.accepts = _accepting(tests)
        if len(tests) == 1 or allowed == NUMBER or not any(tests.values()):
            self.allowed = allowed
            self.rest = next(iter(tests.values()))
        self.is_bound = True

    def parts(self) -> tuple[frozenset[type], Test | None]:
        """Return what is to be asked of a value: whether its type is one of these, and then a test."""
        if not self.is_bound:
            return ANY, lambda value: self.accepts(value)  # noqa: PLW0108 — it is bound by then
        return (ANY, self.accepts) if self.allowed is None else (self.allowed, self.rest)


def _passes(rule: Rule, value: Any, errors: list[str]) -> bool:
    """Ask a rule. The first pattern that takes too long ends a report: a client could send a thousand texts for it."""
    try:
        return rule.passes(value)
    except PatternTimeout:
        errors.extend(rule.describe(value))
        raise


def _all_of(tests: list[Test]) -> Test | None:
    if len(tests) > 2:
        first, then = tests[0], _all_of(tests[1:])
        return lambda value: first(value) and then is not None and then(value)
    if len(tests) == 2:
        first, second = tests
        return lambda value: first(value) and second(value)
    return tests[0] if tests else None


def _accepting(tests: dict[type, Test | None]) -> Test:
    if not any(tests.values()):
        allowed = frozenset(tests)
        return lambda value: type(value) in allowed
    if len(tests) == 1:
        ((only, test),) = tests.items()
        return lambda value: type(value) is only and (test is None or test(value))

    def accepts(value: Any) -> bool:
        own = tests.get(type(value), _unbound)
        return own is None or (own is not _unbound and own(value))

    return accepts


@dataclass(frozen=True, slots=True)
class Validator:
    """A compiled model. One thread at a time: it counts what a validation costs."""

    _node: Node
    _budget: Budget
    _search_time: SearchTime

    def is_valid(self, value: object) -> bool:
        """Tell whether a JSON value is one of the model's. What costs too much to decide is not."""
        self._refill()
        try:
            return self._node.accepts(value)
        except (RecursionError, BudgetExceeded, PatternTimeout):
            return False

    def errors(self, value: object) -> list[str]:
        """Return what is wrong, in AWS's words; `$context.error.validationErrorString` is `[` + `, `.join(…) + `]`."""
        self._refill()
        errors: list[str] = []
        try:
            self._node.report(value, errors)
        except (RecursionError, BudgetExceeded):
            errors.append(_TOO_DEEP)
        except PatternTimeout:
            errors = errors or [_TOO_SLOW]
        return errors

    def _refill(self) -> None:
        self._budget.refill()
        self._search_time.refill()


def compile_schema(
    schema: object,
    models: Mapping[str, str] | None = None,
    *,
    combinations: int = BUDGET,
    search_seconds: float = ALL_SEARCHES_SECONDS,
) -> Validator:
    """Compile a schema, a JSON value or its text; `models` are the API's, texts by name. Raises `SchemaError`.

    A validation looks at so many `combinations`, of `anyOf` and its like, at most, and searches for patterns so long.
    """
    root = parse_schema(schema) if isinstance(schema, str) else schema
    compiler = _Compiler(Models(root, models or {}), Budget(combinations), SearchTime(search_seconds))
    try:
        return Validator(compiler.compile(root, Location("", "")), compiler.budget, compiler.search_time)
    except PatternError as error:
        raise SchemaError(str(error)) from error
    except RecursionError as error:
        raise SchemaError("the schema nests too deep") from error


class _Compiler:
    def __init__(self, models: Models, budget: Budget, search_time: SearchTime) -> None:
        self.budget = budget
        self.search_time = search_time
        self._models = models
        self._nodes: dict[Location, Node] = {}
        self._checked: set[str] = set()

    def compile(self, schema: object, location: Location) -> Node:
        schema, location = self._follow(schema, location)
        known = self._nodes.get(location)
        if known is not None:
            return known
        if not isinstance(schema, dict):
            raise SchemaError(f'"{location.pointer}" is not a JSON Schema')
        if len(self._nodes) >= NODE_LIMIT:
            raise SchemaError(f"the model has more than {NODE_LIMIT} schemas")
        if location.model not in self._checked and (location.pointer == "" or location.model):
            self._checked.add(location.model)
            for _, problem in check_syntax(schema):
                raise SchemaError(problem)
        node = self._nodes[location] = Node()
        node.bind(
            self._rules(schema, location),
            allowed_types(schema["type"]) if "type" in schema else ANY,
            self._members(schema, location),
            self._elements(schema, location),
        )
        return node

    def _follow(self, schema: object, location: Location) -> tuple[object, Location]:
        seen: set[Location] = set()
        while isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            location, schema = self._models.resolve(schema["$ref"], location)
            if location in seen:
                raise SchemaError(f'JSON Reference "#{location.pointer}" loops on itself')
            seen.add(location)
        return schema, location

    def _below(self, schema: object, location: Location, *tokens: object) -> Node:
        pointer = "".join(["/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens])
        return self.compile(schema, Location(location.model, location.pointer + pointer))

    def _rules(self, schema: dict[str, Any], location: Location) -> tuple[Rule, ...]:
        rules: list[tuple[str, Rule | None]] = []
        for keyword, value in schema.items():
            if keyword in RULES:
                rules.append((keyword, RULES[keyword](value, schema)))
        combined = combination_rules(schema, lambda part, *tokens: self._below(part, location, *tokens), self.budget)
        rules += combined + pattern_rules(schema, self.search_time)
        rules.sort(key=lambda rule: rule[0])
        if "format" in schema:
            rules.append(("format", format_rule(schema["format"])))
        return tuple(rule for _, rule in rules if rule is not None)

    def _members(self, schema: dict[str, Any], location: Location) -> tuple[Test | None, Callable[[str], list[Node]]]:
        properties = {
            name: self._below(part, location, "properties", name) for name, part in schema.get("properties", {}).items()
        }
        patterns = [
            (
                compile_ecma(pattern).searcher(self.search_time),
                self._below(part, location, "patternProperties", pattern),
            )
            for pattern, part in schema.get("patternProperties", {}).items()
        ]
        additional = schema.get("additionalProperties")
        rest = self._below(additional, location, "additionalProperties") if isinstance(additional, dict) else None

        def nodes_of(name: str) -> list[Node]:
            nodes = [properties[name]] if name in properties else []
            nodes += [node for is_found, node in patterns if is_found(name)]
            return nodes or ([rest] if rest is not None else [])

        if patterns or rest is not None:
            return (lambda members: _members_pass(nodes_of, members)), nodes_of
        return (_properties_test(properties) if properties else None), nodes_of

    def _elements(self, schema: dict[str, Any], location: Location) -> tuple[Test | None, Callable[[int], Node | None]]:
        items = schema.get("items")
        if isinstance(items, dict):
            node = self._below(items, location, "items")
            return _elements_test(node), lambda index: node
        if not isinstance(items, list):
            return None, lambda index: None
        nodes = [self._below(part, location, "items", index) for index, part in enumerate(items)]
        additional = schema.get("additionalItems")
        rest = self._below(additional, location, "additionalItems") if isinstance(additional, dict) else None

        def node_of(index: int) -> Node | None:
            return nodes[index] if index < len(nodes) else rest

        def test(array: list[Any]) -> bool:
            found = [(node_of(index), element) for index, element in enumerate(array)]
            return all(node is None or node.accepts(element) for node, element in found)

        return test, node_of


def _members_pass(nodes_of: Callable[[str], list[Node]], members: dict[str, Any]) -> bool:
    return all(node.accepts(member) for name, member in members.items() for node in nodes_of(name))


def _properties_test(properties: dict[str, Node]) -> Test:
    parts = {name: node.parts() for name, node in properties.items()}
    get = parts.get

    def test(members: dict[str, Any]) -> bool:
        for name, member in members.items():
            part = get(name)
            if part is not None:
                allowed, rest = part
                if type(member) not in allowed:
                    return False
                if rest is not None and not rest(member):
                    return False
        return True

    return test


def _elements_test(node: Node) -> Test:
    allowed, rest = node.parts()
    if rest is None:
        return lambda array: allowed.issuperset(map(type, array))

    def test(array: list[Any]) -> bool:
        for element in array:  # noqa: SIM110 — `all` costs twice as much
            if type(element) not in allowed or not rest(element):
                return False
        return True

    return test
