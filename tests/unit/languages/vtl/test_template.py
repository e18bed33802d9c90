"""What API Gateway makes of templates where it differs from Velocity, and how templates meet objects of the host.

"Mapping template reference for REST APIs in API Gateway"; the recordings of AWS in localstack/airspeed's
`tests/test_templating.snapshot.json`, whose results these are.
"""

import math
from random import Random

import pytest

from gatewright.languages.doubles import double_text
from gatewright.languages.vtl import (
    MISSING,
    Dialect,
    Limits,
    TemplateError,
    TemplateFault,
    TemplateLimitFault,
    compile_template,
)

RECORDED = [
    ("Hello $name", {}, "Hello "),
    ("Hello $!name", {}, "Hello "),
    ("Hello $ ", {}, "Hello $ "),
    ("#if($value) true #else false #end", {}, " true "),
    ("#if($value)true#{else}false#end", {}, "true"),
    ("#if(${a.b.c})yes!#end", {}, "yes!"),
    ("#if(${a.b.c})yes!#end", {"a": {"b": {"c": False}}}, ""),
    ("#if ($some_value)hide me#end", {"some_value": None}, "hide me"),
    (" $user.name ", {"user": {"items": "1;2;3"}}, "  "),
    ("#foreach($value in $values)foo#end", {}, ""),
    ("#foreach ($i in [1, 2, 3])$i. #if ($velocityHasNext)yes#end, #end", {}, "1. yes, 2. yes, 3. , "),
    ("#define ( $showindex )$foreach.index#end#foreach($x in [1,2,3])$showindex#end", {}, "012"),
    ("#define ( $hello)hi#end$hello()$hello()", {}, "hi()hi()"),
    ("#macro(tryme)$values#end#tryme()", {}, "#tryme()"),
    ("#macro ( recur $number)#if ($number > 0)X#end#end#recur(5)", {}, "#recur(5)"),
    ("\n#macro ( blah )\nhello##\n#end\n#blah()", {}, "\n#blah()"),
    ("\n#evaluate($dynamicsource)", {}, "\n#evaluate($dynamicsource)"),
    ("#set($v1 = {})#set($ignore = $v1.put('foo', 'bar'))#return($v1)", {}, "#return($v1)"),
    (
        "#set( $ignore = $test_dict.put('k', 'new value') )$ignore - $test_dict.k",
        {"test_dict": {"k": "initial value"}},
        "initial value - new value",
    ),
    (
        "#set( $ignore = $test_dict.putAll({'k1': 'v3', 'k2': 'v2'}))$test_dict.k1 - $test_dict.k2",
        {"test_dict": {"k1": "v1"}},
        "v3 - v2",
    ),
    ('#set( $m = {} )#set($i = $m.put(\'k\', null))#if("$m.k" == "")none#end', {}, "none"),
    ("#set($x = .5*.1)$x", {}, "0.05"),
    ("hello #stop world", {}, "hello "),
    ("#set( $o = {'k1': 'v1', 'k2': 'v2'} )$o.toString()", {}, "{k1=v1, k2=v2}"),
    ('\n        #set( $o = {\n  "a": "b"\n} )\n        {"a": "$o.a"}', {}, '\n                {"a": "b"}'),
]


@pytest.mark.parametrize(("text", "variables", "output"), RECORDED)
def test_the_output_is_what_was_recorded_of_aws(text: str, variables: dict[str, object], output: str) -> None:
    assert compile_template(text).render(variables) == output


@pytest.mark.parametrize("text", ["Hello $", "#", "Hello ${name.", "#if(true)", "#end", "#else", "#set($x = )"])
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(text)


def test_an_error_says_where_it_is() -> None:
    with pytest.raises(TemplateError) as refused:
        compile_template("a\n  #if($x\n")
    assert (refused.value.line, refused.value.column) == (3, 1)


class Host:
    """A host object that keeps what is put."""

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}

    def __str__(self) -> str:
        return "host"

    def vtl_property(self, name: str) -> object:
        return self.kept.get(name, MISSING)

    def vtl_call(self, name: str, arguments: tuple[object, ...]) -> object:
        return list(arguments) if name == "echo" else MISSING

    def vtl_put(self, name: str, value: object) -> None:
        self.kept[name] = value


def test_a_template_calls_and_changes_host_objects() -> None:
    host = Host()
    text = "#set($h.a = 1)#set($h['b'] = 2)$h.a$h.b$h.echo('x', $h.a)[0] $h $h.none $h.none()|"
    assert compile_template(text).render({"h": host}) == "12x host  |"
    assert host.kept == {"a": 1, "b": 2}


class OtherHost(Host):
    def vtl_call(self, name: str, arguments: tuple[object, ...]) -> object:
        return "x" * 600 if name == "long" else MISSING


def test_a_template_calls_whatever_it_is_given_each_time_anew() -> None:
    template = compile_template("$h.echo('x')$h.none()#foreach($i in [1, 2])$h.echo($i)#end$h.get('a')")
    given = [Host(), OtherHost(), {"a": "b"}, "text", None, Host(), object()]
    outputs = ['["x"][1][2]', "", "b", "", "", '["x"][1][2]', ""]
    assert [template.render({"h": host}) for host in given] == outputs


def test_what_the_host_makes_counts() -> None:
    template = compile_template("#set($x = $h.long())#foreach($i in [1..500])#set($x = $h.long())#end$x.length()")
    assert template.render({"h": OtherHost()}) == "600"
    for _ in range(2):
        with pytest.raises(TemplateLimitFault):
            template.render({"h": OtherHost()}, Limits(work_characters=200_000))
        with pytest.raises(TemplateLimitFault):
            template.render({"h": OtherHost()}, Limits(output_characters=599))
        with pytest.raises(TemplateLimitFault):
            template.render({"h": OtherHost()}, Limits(seconds=0.0))


def test_maps_are_gone_over_by_their_keys() -> None:
    template = compile_template("#foreach($k in $m.keySet())$k=$m.get($k)#if($foreach.hasNext),#end#end")
    assert template.render({"m": {"a": 1, "b": {"c": 2.5}}}) == "a=1,b={c=2.5}"
    assert [template.render({"m": given}) for given in ({}, None, "text", [1])] == [""] * 4


@pytest.mark.parametrize("more", ["", "#define($d)#end"])
def test_a_template_changes_maps_of_the_caller_and_not_its_variables(more: str) -> None:
    variables: dict[str, object] = {"context": {"responseOverride": {}}}
    template = compile_template(f"#set($context.responseOverride.status = 400)#set($seen = 'yes')$seen{more}")
    assert template.render(variables) == "yes"
    assert variables == {"context": {"responseOverride": {"status": 400}}}


@pytest.mark.parametrize("more", ["", "#define($d)#end"])
def test_stop_in_a_loop_keeps_what_is_printed_behind_it(more: str) -> None:
    text = "#foreach($i in [1..5])#if($i == 3)#stop#end$i#end|" + more
    assert compile_template(text).render({}) == "12"


def test_stop_within_a_text_in_quotes_keeps_what_is_printed_before_it() -> None:
    assert compile_template('a#set($x = "b#if(true)#stop#end")c').render({}) == "a"


def test_loops_one_after_another_may_have_one_name_for_their_elements() -> None:
    text = "$i#foreach($i in [1, 2])$i#foreach($j in [3])$i$j#end#end$i#foreach($i in [4])$i#end$i"
    assert compile_template(text).render({"i": "x"}) == "x113223x4x"
    text = "#foreach($i in [1, 2])$i#foreach($i in [3])$i#end$i#end$i"
    assert compile_template(text).render({"i": "x"}) == "131232x"


def test_what_is_printed_twice_is_read_once_and_printed_as_each_place_has_it() -> None:
    template = compile_template("$a.b.c $!a.b.c $a.b $!a.d $a.d.e $!{a.b.c}$a.b", dialect=Dialect.VELOCITY)
    assert template.render({"a": {"b": {"c": None}}}) == "$a.b.c  {c=null}  $a.d.e {c=null}"
    assert template.render({"a": {"b": {"c": 1.0}, "d": 1e9}}) == "1.0 1.0 {c=1.0} 1.0E9 $a.d.e 1.0{c=1.0}"


def test_numbers_print_as_java_prints_them() -> None:
    random = Random(7)
    numbers = [10 ** random.uniform(-4, 8) * random.choice((1, -1)) for _ in range(2000)]
    numbers += [round(random.uniform(0, 1000), places) for places in range(5) for _ in range(100)]
    numbers += [0.0, -0.0, 1e-3, 1e7, 9999999.0, math.nextafter(1e-3, 0), math.nextafter(1e7, 0), math.inf, math.nan]
    template = compile_template("$a.n $n")
    for number in numbers:
        text = double_text(number)
        assert template.render({"a": {"n": number}, "n": number}) == f"{text} {text}"
    assert template.render({"a": {"n": 2**70}, "n": True}) == f"{2**70} true"


def test_a_method_that_throws_ends_the_rendering() -> None:
    with pytest.raises(TemplateFault):
        compile_template("$s.substring(9)").render({"s": "short"})


def test_a_template_renders_any_number_of_times() -> None:
    template = compile_template("#set($n = $n + 1)$n#foreach($i in [1..3])$i#end")
    assert [template.render({"n": number}) for number in range(3)] == ["1123", "2123", "3123"]
