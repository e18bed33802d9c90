"""Templates made by chance, from a seed: nested directives, white space, escapes, expressions, and plain soup."""

import random
from collections.abc import Callable

REFERENCES = (
    "$name",
    "${name}",
    "$!name",
    "$!{name}",
    "$undefined",
    "$!undefined",
    "${undefined}",
    "$nothing",
    "$one",
    "$half",
    "$list",
    "$list[0]",
    "$list[-1]",
    "$list.size()",
    "$map",
    "$map.a",
    "$map.d.e",
    "$map.c[1]",
    "$map['b']",
    '$map.get("n")',
    "$map.x",
    "$items[0].title",
    "$items[2].tags",
    "$text.length()",
    "$text.substring(4, 9)",
    "$name.toUpperCase()",
    "$name.foo()",
    "$x",
    "$i",
    "$yes",
    "$no",
    "$empty",
    "$quote",
    "$foreach.index",
    "$foreach.count",
    "$foreach.hasNext",
    "$velocityCount",
)
ATOMS = (
    "1",
    "2",
    "-3",
    "10",
    "2147483647",
    "0",
    "1.5",
    "-0.25",
    "true",
    "false",
    '"a"',
    "'b'",
    '"$name"',
    '"n=$one"',
    "'$name'",
    '"1"',
    '""',
    "$one",
    "$two",
    "$ten",
    "$minus",
    "$half",
    "$yes",
    "$no",
    "$undefined",
    "$name",
    "$x",
    "$long",
    "$list",
    "$map.a",
    "[1, 2]",
    "[1..3]",
    '{"k": 1}',
    "[]",
    "{}",
)
ARITHMETIC = ("+", "-", "*", "/", "%")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", " eq ", " ne ", " lt ", " le ", " gt ", " ge ")
LOGICAL = ("&&", "||", " and ", " or ")
SPACE = ("", "", "", " ", "  ", "\n", "\t", " \n", "\n  ", "\r\n")
WORDS = (
    "a",
    "b c",
    "{",
    "}",
    '"key": ',
    ", ",
    "x.y",
    "(z)",
    "[",
    "]",
    ":",
    "100%",
    "é",
    ".",
    "-",
    "$ ",
    "$5",
    "# ",
    "#1",
)
SOUP = (
    *REFERENCES[:12],
    *WORDS,
    *SPACE,
    "\\",
    "\\\\",
    "\\$name",
    "\\\\$name",
    "\\$undefined",
    "\\#if",
    "\\\\#if",
    "\\#foo",
    "\\#set",
    "\\#macro",
    "#if($yes)",
    "#if($no)",
    "#if( $one == 1 )",
    "#elseif($yes)",
    "#else",
    "#{else}",
    "#end",
    "#end",
    "#end\n",
    "#{end}",
    "#set($x = 1)",
    "#set( $x = 'v' )\n",
    "  #set($x = $name)",
    "#{set}($x = 2)",
    "#foreach($i in $list)",
    "#foreach( $i in [1..2] )\n",
    "#break",
    "#macro(m $a)",
    "#m($name)",
    "#m()",
    "#@m(1)",
    "$bodyContent",
    "#define($x)",
    "##c\n",
    "## $c",
    "#* c *#",
    "#** d *#",
    "#[[ $r ]]#",
    "#foo",
    "#foo($name)",
    "#evaluate('$name')",
    "#stop",
    "$",
    "$!",
    "#",
    "!",
    "$name.",
    "$name[",
    "$.x",
    "$[",
    "${",
    "$name#set($x=3)",
    "(",
    ")",
    ".5",
    "..",
    '"',
    "'",
)


class Chance:
    """Makes templates."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def soup(self) -> str:
        """Return fragments one after another; most are no templates."""
        return "".join(self._random.choices(SOUP, k=self._random.randint(2, 9)))

    def template(self) -> str:
        """Return a template with nested directives."""
        return "".join(self.statement(3) for _ in range(self._random.randint(1, 4)))

    def arithmetic(self) -> str:
        """Return a template that prints an expression's value."""
        return f"#set($x = {self.expression(3)})$x|#if({self.expression(2)})yes#{{else}}no#end"

    def statement(self, depth: int) -> str:
        """Return one statement."""
        simple: tuple[Callable[[int], str], ...] = (self._text, self._reference, self._set, self._call)
        nested: tuple[Callable[[int], str], ...] = (self._if, self._foreach, self._macro, self._define, self._literal)
        chosen = self._random.choice(simple + nested * 2 if depth else simple)
        return chosen(depth - 1) + self._random.choice(SPACE)

    def body(self, depth: int) -> str:
        """Return some statements."""
        statements = (self.statement(depth) for _ in range(self._random.randint(0, 3)))
        return self._random.choice(SPACE) + "".join(statements)

    def expression(self, depth: int) -> str:
        """Return an expression."""
        pick = self._random.random()
        if depth == 0 or pick < 0.25:
            return self._random.choice(ATOMS)
        if pick < 0.35:
            return f"({self.expression(depth - 1)})"
        if pick < 0.42:
            return self._random.choice(("!", "not ")) + self.expression(depth - 1)
        operators = ARITHMETIC if pick < 0.75 else COMPARISONS if pick < 0.9 else LOGICAL
        operator = self._random.choice(operators)
        return f"{self.expression(depth - 1)} {operator} {self.expression(depth - 1)}"

    def _text(self, _depth: int) -> str:
        return self._random.choice(WORDS + SPACE)

    def _reference(self, _depth: int) -> str:
        return "\\" * self._random.choice((0, 0, 0, 0, 1, 2, 3)) + self._random.choice(REFERENCES)

    def _set(self, _depth: int) -> str:
        target = self._random.choice(("$x", "$x", "$y", "$name", "$map.a", "$map.new", '$map["k"]', "$list[0]"))
        space = self._random.choice(("", " ", "  "))
        return f"#set({space}{target}{space}={space}{self.expression(2)}{space})"

    def _call(self, _depth: int) -> str:
        return self._random.choice(("#m($name)", "#m(1 2)", "#n()", "#m($undefined, 'a')", "#@m($x)in $a#end"))

    def _if(self, depth: int) -> str:
        text = f"#if({self.expression(2)}){self.body(depth)}"
        for _ in range(self._random.choice((0, 0, 1))):
            text += f"#elseif({self.expression(1)}){self.body(depth)}"
        if self._random.random() < 0.5:
            text += self._random.choice(("#else ", "#{else}", "#else\n")) + self.body(depth)
        return text + self._random.choice(("#end", "#{end}", "#end\n"))

    def _foreach(self, depth: int) -> str:
        source = self._random.choice(
            (
                "$list",
                "[1..3]",
                "$map",
                "$map.keySet()",
                "$items",
                "$undefined",
                '["p", $name]',
                "$mixed",
                "$none",
                "[3..$one]",
            )
        )
        inner = self.body(depth) + self._random.choice(("", "", "$i", "#if($i == 2)#break#end", "$foreach.count"))
        return f"#foreach($i in {source}){inner}#end"

    def _macro(self, depth: int) -> str:
        name = self._random.choice(("m", "n"))
        return f"#macro({name} $a $b){self.body(depth)}$a$!b#end"

    def _define(self, depth: int) -> str:
        return f"#define($x){self.body(depth)}#end$x"

    def _literal(self, depth: int) -> str:
        quoted = self.body(depth).replace('"', '""')
        return f'#set($y = "{quoted}")$y'


def templates(count: int, seed: int = 17) -> list[str]:
    """Return as many templates, the same for the same seed."""
    chance = Chance(seed)
    makers = (chance.template, chance.template, chance.arithmetic, chance.soup)
    return [makers[number % len(makers)]() for number in range(count)]
