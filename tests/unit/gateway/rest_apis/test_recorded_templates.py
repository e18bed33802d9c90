"""Mapping templates as AWS was recorded to render them: localstack's fork of airspeed, tests/test_templating.py and its
snapshot (`render-result-N`; the API is the one made there). What Velocity gives is held by tests/unit/languages/vtl.
"""

import json
from typing import Any

import pytest

from tests.unit.gateway.fakes import request
from tests.unit.gateway.rest_apis.recorded import serving, text_of
from tests.unit.gateway.rest_apis.rest_api import method, mock, resource

_REQUEST = """
            #set($context.requestOverride.path.body = $input.body)
            {
              "statusCode": 200,
            }
"""
_RESPONSE = """\
#set($body = $context.requestOverride.path.body)
#set($bodyJSON = $util.parseJson($body)) %s
%s"""
_NAMED = {"name": "Steve"}
_GREETING = "Hello #if ($show)your name is ${name}.#if ($is_birthday) Happy Birthday.#end#end Good to see you"
_LISTS = {"greetings": ["Hello", "Goodbye"], "names": ["Chris", "Steve"]}
_LOOP = """
#define( $loop ) {
    #foreach($e in $map.keySet())
        #set( $k = $e )
        #set( $v = $map.get($k))
        "$k": "$v"
        #if( $foreach.hasNext ) , #end
    #end
}
#end
$loop
#set( $map = {'foo':'bar'} )
$loop
"""
_FUNCTION = "#define( $myfunc )$ctx#end\n#set( $ctx = 'foo' )\n$myfunc\n#set( $ctx = 'bar' )\n$myfunc\n"
_TEXTS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("<html></html>", {}, "<html></html>"),
    ("Hello $name", {"name": "Chris"}, "Hello Chris"),
    ("Hello $ ", {}, "Hello $ "),
    ("Hello $name", {}, "Hello "),
    ("Hello $!name", {"name": "world"}, "Hello world"),
    ("Hello $!name", {}, "Hello "),
    ("Hello ${name}.", {"name": "World"}, "Hello World."),
    ("Hello $name}.", {"name": "World"}, "Hello World}."),
    ("#set ($v = true)$v", {}, "true"),
    ("#set ($v = false)$v", {}, "false"),
    ("#set ($value = 10)$value", {}, "10"),
    ('#set ($value = "Steve")$value', {}, "Steve"),
    ("## comment\nStuff\nMore stuff## more comments $blah", {}, "Stuff\nMore stuff"),
    ("Stuff#*\n more comments *#\n and more stuff", {}, "Stuff\n and more stuff"),
    ('#set ($name = "\\\\batman\\nand robin")$name', {}, "\\\\batman\\nand robin"),
    ("#set($d = '{\"a\": 2}')$d", {}, '{"a": 2}'),
    ('#set($d = "{""a"": 2}")$d', {}, '{"a": 2}'),
    (r'#set($d = "1\\""2""3")$d', {}, r'1\\"2"3'),
    ("hello #stop world", {}, "hello "),
    ("$value", {"value": "Grüße"}, "Grüße"),
    ('<span style="color: #13ff93">', {}, '<span style="color: #13ff93">'),
    ('<a href="#">bob</a>', {}, '<a href="#">bob</a>'),
    ("#set($a = {})$a", {}, "{}"),
    ("#set( $myObject = {'k1': 'v1', 'k2': 'v2'} )$myObject.toString()", {}, "{k1=v1, k2=v2}"),
    (" $user.name ", {"user": {"items": "1;2;3"}}, "  "),
    ('#set($hello="hello, $name is my name")$hello', _NAMED, "hello, Steve is my name"),
    ("#set( $v = \"\" )#set( $y = '' ).$v.$y.", {}, "..."),
    ("\n#if(true)\nhello##\n#end", {}, "\nhello"),
)
_CONDITIONS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("#if(${a.b.c})yes!#end", {"a": {"b": {"c": "d"}}}, "yes!"),
    ("#if(${a.b.c})yes!#end", {"a": {"b": {"c": False}}}, ""),
    ("#if(${a})yes!#end", {"a": False}, ""),
    ("#if(${a.b.c})yes!#end", {}, "yes!"),
    ("#if($!{a.b.c})yes!#end", {}, "yes!"),
    ("#if($!a.b.c)yes!#end", {}, "yes!"),
    ("#if ($some_value)hide me#end", {}, "hide me"),
    ("#if ($some_value)hide me#end", {"some_value": None}, "hide me"),
    ("#if ($value) true #else false #end", {}, " true "),
    ("#if($value)true#{else}false#end", {}, "true"),
    ("#if($value)true#{end}monkey", {}, "truemonkey"),
    (_GREETING, {"name": "Steve", "show": False}, "Hello  Good to see you"),
    (_GREETING, {"name": "Steve", "show": True}, "Hello your name is Steve. Happy Birthday. Good to see you"),
    ("#if ($a) one #elseif ($b) two #end", {"a": False, "b": True}, " two "),
    ("#if ($a) one #elseif ($b) two #else three #end", {"a": False, "b": False}, " three "),
    ("#if ( !$value )yes#end", {"value": False}, "yes"),
    ("#if ( not $value )yes#end", {"value": True}, ""),
    ("#if ( !$value )yes#end", {"value": None}, ""),
    ("#if ( $a || $b )yes#end", {"a": False, "b": False}, ""),
    ("#if ( $a or $b )yes#end", {"a": False, "b": True}, "yes"),
    ("#if ( $a && $b )yes#end", {"a": True, "b": False}, ""),
    ("#if ( ($a == 1) && ($b == 2) )yes#end", {"a": 1, "b": 2}, "yes"),
    ("#if ( $value gt 1 )yes#end", {"value": 2}, "yes"),
    ("#if ( $value >= 1 )yes#end", {"value": 0}, ""),
    ("#if ( $value le 1 )yes#end", {"value": 1}, "yes"),
    ("#set($a = 4 > 2 + 5)$a", {}, "false"),
    ("#set($a = (5 + 4) > 2)$a", {}, "true"),
    ("#set($a = 2 + 5 * 4)$a", {}, "22"),
    ("#set($a = 100.0 / 50)$a", {}, "2.0"),
    ("#set( $modulus = ($value % 2) )$modulus", {"value": 3}, "1"),
)
_LOOPS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("#foreach ($name in $names)Hello $name. #end", _LISTS, "Hello Chris. Hello Steve. "),
    ("#foreach ($name in $names)Hello $name. #end$name", _LISTS, "Hello Chris. Hello Steve. "),
    (
        "#foreach ($word in $greetings)$word to#foreach ($word in $names) $word#end. #end",
        _LISTS,
        "Hello to Chris Steve. Goodbye to Chris Steve. ",
    ),
    ("#foreach ($word in $greetings)$velocityCount,#end", _LISTS, "1,2,"),
    (
        "#foreach ($word in $greetings)Outer $foreach.index#foreach ($word in $names), inner $foreach.index#end. #end",
        _LISTS,
        "Outer 0, inner 0, inner 1. Outer 1, inner 0, inner 1. ",
    ),
    ("#foreach ($i in [1, 2, 3])$i. #if ($velocityHasNext)yes#end, #end", {}, "1. yes, 2. yes, 3. , "),
    ("#foreach ($i in [1, 2, 3])$i. #if ($foreach.first)yes#end, #end", {}, "1. yes, 2. , 3. , "),
    ("#foreach ($i in [1, 2, 3])$i. #if ($foreach.last)yes#end, #end", {}, "1. , 2. , 3. yes, "),
    ("#foreach($value in $values)foo#end", {}, ""),
    ("#foreach( $v in [5..-2] )$v,#end", {}, "5,4,3,2,1,0,-1,-2,"),
    ("#set($var = 1)#foreach ($i in $items)$var,#set($var = $i)#end$var", {"items": [2, 3, 4]}, "1,2,3,4"),
    ("#set($i = 1)$i,#foreach ($i in [2, 3, 4])$i,#set($i = $i)#end$i", {}, "1,2,3,4,1"),
    ("#define ( $showindex )$foreach.index#end#foreach($x in [1,2,3])$showindex#end", {}, "012"),
    ("#define ( $hello)hi#end$hello()$hello()", {}, "hi()hi()"),
    (_FUNCTION, {}, "foo\nbar\n"),
)
_METHODS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("$a[1]", {"a": ["foo", "bar"]}, "bar"),
    ("$a[1][1]", {"a": ["foo", ["bar1", "bar2"]]}, "bar2"),
    ("$a[1].bar1", {"a": ["foo", {"bar1": "bar2"}]}, "bar2"),
    ('$a["foo"]', {"a": {"foo": "bar"}}, "bar"),
    ("$a.b.c['foo:bar']", {"a": {"b": {"c": {"foo:bar": "baz"}}}}, "baz"),
    ("#set($i = 1)$a[ $i ]", {"a": ["foo", "bar"]}, "bar"),
    ("#set($foo = [1,2,3]) $foo.size()", {}, " 3"),
    ("#set($foo = [1,2,3]) #if($foo.contains(10))found#end", {}, " "),
    ("#set($foo = [1,2,3])#set( $i = $foo.add('s') )#foreach($item in $foo)$item,#end", {}, "1,2,3,s,"),
    ("#set($foo = [1, 2, 3]) $foo.isEmpty()", {}, " false"),
    ("#set($foo = 'foobar123bab') $foo.replaceAll('ba.', 'foo')", {}, " foofoo123foo"),
    ("#set($foo = 'nofoobar123') #if($foo.startsWith('foo'))yes!#end", {}, " "),
    ("#set($foo = 'nofoobar123') #if($foo.contains('foo'))yes!#end", {}, " yes!"),
    ("#set($foo = 'something') $foo.indexOf('e')", {}, " 3"),
    ("#set( $ignore = $d.put('k', 'new value') )$ignore - $d.k", {"d": {"k": "initial"}}, "initial - new value"),
    ("#set( $ignore = $d.putAll({'k1': 'v3', 'k2': 'v2'}))$d.k1 - $d.k2", {"d": {"k1": "v1"}}, "v3 - v2"),
    # What API Gateway has none of: macros, #evaluate, directives of others.
    ("#macro(tryme)$values#end#tryme()", {}, "#tryme()"),
    ("#macro ( blah )\nhello##\n#end\n#blah()", {}, "#blah()"),
    ('#set($s = "abc")#evaluate($s)', {}, "#evaluate($s)"),
    ("#set($v1 = {})#set($ignore = $v1.put('foo', 'bar'))#return($v1)", {}, "#return($v1)"),
)


async def rendered(template: str, variables: dict[str, Any]) -> str:
    definitions = " ".join(f"#set(${name} = $bodyJSON.{name})" for name in variables)
    target = mock(_RESPONSE % (definitions, template), _REQUEST)
    gateway = serving(resource("/", method("POST", target)))
    sent = request("POST", "/prod", ("Content-Type", "application/json"), body=json.dumps(variables).encode())
    response = await gateway.send(sent)
    assert response.status == 200
    return await text_of(response)


@pytest.mark.parametrize(("template", "variables", "text"), [*_TEXTS, *_CONDITIONS, *_LOOPS, *_METHODS])
async def test_what_was_recorded(template: str, variables: dict[str, Any], text: str) -> None:
    assert await rendered(template, variables) == text
