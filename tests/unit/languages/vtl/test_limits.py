"""Hostile templates end quickly, with a fault.

"Quotas for configuring and running a REST API in API Gateway": mapping template size 300 KB, 1000 iterations of a
#foreach, payload 10 MB.
"""

import time

import pytest

from gatewright.languages.vtl import (
    TEMPLATE_BYTES,
    Dialect,
    Limits,
    TemplateError,
    TemplateFault,
    TemplateLimitFault,
    compile_template,
)

SECONDS = 3.0

LONG = "#set($s='aaaaaaaaaa')#foreach($i in [1..19])#set($s=\"$s$s\")#end"
HOSTILE = {
    "a huge range": "#foreach($i in [1..2147483647])x#end",
    "a range that is kept": "#set($x = [1..2147483647])$x.size()",
    "loops in loops": "#foreach($i in [1..999])#foreach($j in [1..999])#foreach($k in [1..999])x#end#end#end",
    "a text that doubles": "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = \"$s$s\")#end$s",
    "a text that doubles by +": "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = $s + $s)#end$s",
    "a text that doubles by concat": "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = $s.concat($s))#end$s",
    "a text that grows by replace": "#set($s = 'x')#foreach($i in [1..100])#set($s = $s.replace('x', 'xxxx'))#end$s",
    "a text that grows by replaceAll": "#set($s='x')#foreach($i in [1..99])#set($s=$s.replaceAll('x','xxxx'))#end$s",
    "a text repeated": "#set($s = 'x')$s.repeat(2147483647)",
    "a wide format": "#set($s = '')$s.format('%2147483647d', 1)",
    "a list that doubles": "#set($l = [1])#foreach($i in [1..100])#set($o = $l.addAll($l))#end$l.size()",
    "a list that shares itself": "#set($l = [1])#foreach($i in [1..100])#set($l = [$l, $l])#end$l",
    "lists compared": (
        "#set($a = [1])#set($b = [1])#foreach($i in [1..40])#set($a = [$a, $a])#set($b = [$b, $b])#end"
        "#if($a == $b)x#end"
    ),
    "a list in itself": "#set($l = [])#set($m = [$l])#set($o = $l.add($m))$l",
    "a number that squares": "#set($n = 99999999999)#foreach($i in [1..100])#set($n = $n * $n)#end$n",
    "a long body": "#foreach($i in [1..900])#foreach($j in [1..100])" + "$i" * 5000 + "#end#end",
    "a long definition": "#define($d)" + "$i" * 2000 + "#end" + "$d" * 4000,
    "a list copied often": "#set($l = [1..900])#foreach($i in [1..900])#foreach($j in $l.subList(0, 900))#end#end",
    "output repeated": "#set($s = 'x')#set($s = $s.repeat(1000000))" + "$s" * 100,
    "output repeated in a loop": "#set($s='x')#set($s=$s.repeat(100000))#foreach($i in [1..900])$s$s#end",
    "a catastrophic pattern": "#set($s = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')$s.matches('(a|aa)+$')",
    "a catastrophic replacement": (
        "#set($s = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')$s.replaceAll('(a|aa)+$', 'x')"
    ),
    "a catastrophic split": "#set($s='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')$s.split('(a|aa)+$')",
    "a long pattern": "#set($s = 'x')#set($p = 'x')#set($p = $p.repeat(100000))$s.matches($p)",
    "a pattern of many copies": "#set($s = 'a')$s.matches('((a{1000}){1000}){1000}')",
    "ever new patterns": (
        "#set($p='(a|[bc]|d*)')#foreach($i in [1..7])#set($p=\"$p$p\")#end"
        '#foreach($i in [1..900])#foreach($j in [1..90])#set($q="$p$i,$j")#set($x=$q.matches($q))#end#end'
    ),
    "a long text searched": (
        f"{LONG}#foreach($i in [1..900])#foreach($j in [1..90])#set($t=$s.indexOf('aaaaaaaab'))#end#end"
    ),
    "a long text hashed": f"{LONG}#foreach($i in [1..900])#foreach($j in [1..90])#set($t=$s.hashCode())#end#end",
    "long texts compared": (
        f'{LONG}#set($t="${{s}}b")#set($u="${{s}}c")#foreach($i in [1..900])#foreach($j in [1..90])'
        "#if($t==$u)#end#end#end"
    ),
    "a list looked through": (
        "#set($l=[1..1000])#foreach($i in [1..900])#foreach($j in [1..90])#if($l.contains(5000))#end#end#end"
    ),
    "ranges printed": "#foreach($i in [1..900])#set($r=[1..100000])$r#end",
    "slow patterns in a loop": (
        "#set($s = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')"
        "#foreach($i in [1..900])$s.replaceAll('(a|aa)+\\\\d', 'x')#end"
    ),
}
HOSTILE_MACROS = {
    "a macro that calls itself": "#macro(m)#m()#m()#end#m()",
    "macros that call each other": "#macro(a)#b()#end#macro(b)#a()#end#a()",
    "arguments by name that double": '#macro(m $a)#m("$a$a")#end#m("x")',
    "#evaluate in itself": "#set($x = '#evaluate($x)')#evaluate($x)",
    "#evaluate in a loop": "#foreach($i in [1..900])#foreach($j in [1..900])#evaluate('$i-$j')#end#end",
    "#evaluate of ever new texts": '#foreach($i in [1..900])#foreach($j in [1..900])#evaluate("x$i-$j")#end#end',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_template_faults_quickly(text: str) -> None:
    template = compile_template(text)
    began = time.perf_counter()
    with pytest.raises(TemplateFault):
        template.render({})
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize("text", HOSTILE_MACROS.values(), ids=HOSTILE_MACROS.keys())
def test_a_hostile_macro_faults_quickly(text: str) -> None:
    template = compile_template(text, dialect=Dialect.VELOCITY)
    began = time.perf_counter()
    with pytest.raises(TemplateFault):
        template.render({})
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "#if(true)" * 3000,
        "#if(" + "(" * 3000 + "true" + ")" * 3000 + ")x#end",
        "#set($x = " + "[" * 3000 + "]" * 3000 + ")",
        "#set($x = " + "!" * 3000 + "true)",
        "$a.b(" * 3000,
        "$a[" * 3000 + "1" + "]" * 3000,
        "#set($x = " + "9" * 5000 + ")",
        "x" * (TEMPLATE_BYTES + 1),
        "ä" * (TEMPLATE_BYTES // 2 + 1),
    ],
    ids=["ifs", "parentheses", "lists", "nots", "calls", "indexes", "digits", "size", "size in bytes"],
)
def test_a_template_that_nests_too_deep_or_is_too_large_is_refused(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(TemplateError):
        compile_template(text)
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "\\" * 100_000,
        "\\" * 100_001 + "#x",
        "$" * 50_000 + " ",
        "#" * 50_001 + " ",
        "## x" + "$#" * 30_000 + "\n",
        "#* " + "x" * 200_000,
        "#[[" + "$#]" * 50_000 + "]]#",
        "#set($x = " + " + ".join(["1"] * 5000) + ")$x",
        "#if(" + " && ".join(["$a"] * 3000) + ")x#end",
        "#if($a == 0)x" + "".join(f"#elseif($a == {number})x" for number in range(2000)) + "#end",
        "$a " * 3_000,
        " \t" * 50_000 + "#set($x = 1)",
    ],
)
def test_a_long_template_is_compiled_in_reasonable_time(text: str) -> None:
    began = time.perf_counter()
    compile_template(text).render({"a": 1})
    assert time.perf_counter() - began < SECONDS


def test_directives_may_nest_as_deep_as_any_template_does() -> None:
    depth = 30
    loops = "".join(f"#foreach($i{n} in [1..1])#if($i{n} == 1 && ($i{n} > 0 || true))" for n in range(depth // 2))
    text = loops + "x" + "#end#end" * (depth // 2)
    assert compile_template(text).render({}) == "x"


def test_a_loop_ends_silently_after_1000_iterations() -> None:
    # Velocity's directive.foreach.maxloops.
    text = "#foreach($i in [1..1500])#set($last = $i)#end$last"
    assert compile_template(text).render({}) == "1000"
    assert compile_template(text).render({}, Limits(loop_iterations=None)) == "1500"


def test_the_limit_of_steps_counts_all_loops() -> None:
    template = compile_template("#foreach($i in [1..10])#foreach($j in [1..10])x#end#end")
    assert template.render({}, Limits(steps=110)) == "x" * 100
    with pytest.raises(TemplateLimitFault):
        template.render({}, Limits(steps=109))


def test_the_output_is_bounded() -> None:
    template = compile_template("$a$a")
    assert len(template.render({"a": "x" * 50}, Limits(output_characters=100))) == 100
    with pytest.raises(TemplateLimitFault):
        template.render({"a": "x" * 51}, Limits(output_characters=100))


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("$s.class", "$s.class"),
        ("$s.getClass()", "$s.getClass()"),
        ("$s.class.forName('java.lang.Runtime')", "$s.class.forName('java.lang.Runtime')"),
        ("$l.class.name", "$l.class.name"),
        ("$o.secret", "$o.secret"),
        ("$o.secret()", "$o.secret()"),
        ("$f.self", "$f.self"),
        # A name begins with a letter: what begins with an underscore is text.
        ("$s.__class__", "x.__class__"),
        ("$l.__class__.__mro__", "[1].__class__.__mro__"),
        ("$m.__dict__", "{}.__dict__"),
        ("$m.get('__class__')", "$m.get('__class__')"),
    ],
)
def test_nothing_leads_out_of_the_values(text: str, output: str) -> None:
    class Other:
        secret = "secret"

    variables = {"s": "x", "l": [1], "m": {}, "o": Other(), "f": len}
    assert compile_template(text, dialect=Dialect.VELOCITY).render(variables) == output


def test_an_object_that_is_no_value_cannot_be_printed() -> None:
    with pytest.raises(TemplateFault):
        compile_template("$f").render({"f": len})


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("$a " * 600, "1 " * 600),
        ("#set($b = 0)" + "#set($b = $b + 1)" * 600 + "$b", "600"),
        ("#foreach($i in [1..3])" + "$i" * 600 + "#break" + "$i" * 600 + "#end", "1" * 600),
        ("#foreach($i in [1..2])" + "$i" * 300 + "#if($i == 1)#break#end#end.", "1" * 300 + "."),
        ("$a" * 300 + "#stop" + "$a" * 300, "1" * 300),
        ("#if($a == 0)x" + "".join(f"#elseif($a == {600 - n})y{n}" for n in range(601)) + "#else z#end", "y599"),
        ("#if($a == 0)x" + "".join(f"#elseif($a == {n + 9})y{n}" for n in range(600)) + "#else z#end", " z"),
    ],
)
def test_a_long_template_prints_what_a_short_one_would(text: str, output: str) -> None:
    # Long ones are compiled in parts, for nothing else runs while Python compiles.
    assert compile_template(text).render({"a": 1}) == output
