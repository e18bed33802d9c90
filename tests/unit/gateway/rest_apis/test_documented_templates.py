"""The mapping templates that AWS's pages print, with what goes in and what the page says comes out.

Pages of the API Gateway Developer Guide; templates that tools give to everybody who uses them stand beside them. JSON
is compared as JSON where a page prints it for people, octet for octet where the page's own template has no layout.
"""

import json
from typing import Any

import pytest

from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.compiled import CompiledTexts
from gatewright.gateway.rest_apis.errors import INTERNAL_SERVER_ERROR
from gatewright.gateway.rest_apis.templates import link_templates
from tests.unit.gateway.rest_apis.calls import method_facts, rest_call

JSON = "application/json"


def render(template: str, payload: Any = b"", call: RestCall | None = None) -> str:
    """Render a template for a payload: octets, or a value that is sent as JSON."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    compiled = link_templates(((JSON, template),), CompiledTexts(), method_facts()).for_request(JSON)
    assert compiled is not None
    return compiled.render(call or rest_call(), body, INTERNAL_SERVER_ERROR)


PETS = [
    {"id": 1, "type": "dog", "price": 249.99},
    {"id": 2, "type": "cat", "price": 124.99},
    {"id": 3, "type": "fish", "price": 0.99},
]
PHOTOS = {
    "photos": {
        "page": 1,
        "pages": "1234",
        "perpage": 100,
        "total": "123398",
        "photo": [
            {
                "id": "12345678901",
                "owner": "23456789@A12",
                "photographer_first_name": "Saanvi",
                "photographer_last_name": "Sarkar",
                "secret": "abc123d456",
                "server": "1234",
                "farm": 1,
                "title": "Sample photo 1",
                "ispublic": True,
                "isfriend": False,
                "isfamily": False,
            },
            {
                "id": "23456789012",
                "owner": "34567890@B23",
                "photographer_first_name": "Richard",
                "photographer_last_name": "Roe",
                "secret": "bcd234e567",
                "server": "2345",
                "farm": 2,
                "title": "Sample photo 2",
                "ispublic": True,
                "isfriend": False,
                "isfamily": False,
            },
        ],
    }
}
PHOTO_ALBUM = """#set($inputRoot = $input.path('$'))
{
  "photos": [
    #foreach($elem in $inputRoot.photos.photo)
    {
      "id": "$elem.id",
      "photographedBy": "$elem.photographer_first_name $elem.photographer_last_name",
      "title": "$elem.title",
      "ispublic": $elem.ispublic,
      "isfriend": $elem.isfriend,
      "isfamily": $elem.isfamily
    }#if($foreach.hasNext),#end

    #end
  ]
}"""
DESCRIBED = """#set($inputRoot = $input.path('$'))
[
#foreach($elem in $inputRoot)
  {
    "description" : "Item $elem.id is a $elem.type.",
    "askingPrice" : $elem.price
  }#if($foreach.hasNext),#end

#end
]"""
RESULT = """#set($inputRoot = $input.path('$'))
{
  "input" : {
    "a" : $inputRoot.a,
    "b" : $inputRoot.b,
    "op" : "$inputRoot.op"
  },
  "output" : {
    "c" : $inputRoot.c
  }
}"""
RECORDS = """{
    "StreamName": "$input.params('stream-name')",
    "Records": [
       #foreach($elem in $input.path('$.records'))
          {
            "Data": "$util.base64Encode($elem.data)",
            "PartitionKey": "$elem.partition-key"
          }#if($foreach.hasNext),#end
        #end
    ]
}"""


@pytest.mark.parametrize(
    ("template", "payload", "expected"),
    [
        pytest.param(
            PHOTO_ALBUM,
            PHOTOS,
            {
                "photos": [
                    {
                        "id": "12345678901",
                        "photographedBy": "Saanvi Sarkar",
                        "title": "Sample photo 1",
                        "ispublic": True,
                        "isfriend": False,
                        "isfamily": False,
                    },
                    {
                        "id": "23456789012",
                        "photographedBy": "Richard Roe",
                        "title": "Sample photo 2",
                        "ispublic": True,
                        "isfriend": False,
                        "isfamily": False,
                    },
                ]
            },
            id="Additional mapping template example for REST APIs in API Gateway",
        ),
        pytest.param(
            DESCRIBED,
            PETS,
            [
                {"description": "Item 1 is a dog.", "askingPrice": 249.99},
                {"description": "Item 2 is a cat.", "askingPrice": 124.99},
                {"description": "Item 3 is a fish.", "askingPrice": 0.99},
            ],
            id="Mapping template transformations for REST APIs in API Gateway",
        ),
        pytest.param(
            RESULT,
            {"a": 1, "b": 2, "op": "+", "c": 3},
            {"input": {"a": 1, "b": 2, "op": "+"}, "output": {"c": 3}},
            id="Tutorial: Create a calculator REST API",
        ),
        pytest.param(
            "#set ($errorMessageObj = $util.parseJson($input.path('$.errorMessage')))\n"
            '{\n   "errorMessageObjKey2ArrVal" : $errorMessageObj.key2.arr[0]\n}\n',
            b'{"errorMessage":"{\\"key1\\":\\"var1\\",\\"key2\\":{\\"arr\\":[1,2,3]}}"}',
            {"errorMessageObjKey2ArrVal": 1},
            id="Variables for data transformations for API Gateway: $util.parseJson",
        ),
    ],
)
def test_a_page_s_template_makes_what_the_page_prints(template: str, payload: Any, expected: Any) -> None:
    assert json.loads(render(template, payload)) == expected


def test_all_three_functions_of_input() -> None:
    """ "Examples using variables for mapping template transformations for API Gateway"."""
    template = (
        '{\n    "id" : "$input.params(\'id\')",\n    "count" : "$input.path(\'$.things\').size()",\n'
        "    \"things\" : $input.json('$.things')\n}"
    )
    call = rest_call(path_parameters={"id": "abc"})
    assert json.loads(render(template, {"things": {"1": {}, "2": {}, "3": {}}}, call)) == {
        "id": "abc",
        "count": "3",
        "things": {"1": {}, "2": {}, "3": {}},
    }


def test_records_of_kinesis() -> None:
    """ "Tutorial: Create a REST API as an Amazon Kinesis proxy": the name of a property may have a hyphen."""
    payload = {"records": [{"data": "some data", "partition-key": "some key"}, {"data": "more", "partition-key": "k2"}]}
    assert json.loads(render(RECORDS, payload, rest_call(path_parameters={"stream-name": "my"}))) == {
        "StreamName": "my",
        "Records": [
            {"Data": "c29tZSBkYXRh", "PartitionKey": "some key"},
            {"Data": "bW9yZQ==", "PartitionKey": "k2"},
        ],
    }
    record = (
        """{"Data": "$util.base64Encode($input.json('$.Data'))", "PartitionKey": "$input.path('$.PartitionKey')"}"""
    )
    made = json.loads(render(record, {"Data": "some data", "PartitionKey": "some key"}))
    # The page's template encodes JSON, quotes and all.
    assert made == {"Data": "InNvbWUgZGF0YSI=", "PartitionKey": "some key"}


@pytest.mark.parametrize(("operator", "expected"), [("%2F", '"/"'), ("+", '"+"')])
def test_the_operator_of_the_calculator(operator: str, expected: str) -> None:
    """ "Tutorial: Create a calculator REST API": an escaped slash becomes one."""
    template = """#if($input.params('operator')=='%2F')"/"#{else}"$input.params('operator')"#end"""
    assert render(template, call=rest_call(path_parameters={"operator": operator})) == expected


PASS_THROUGH = """#set($allParams = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage-variables" : {
#foreach($key in $stageVariables.keySet())
"$key" : "$util.escapeJavaScript($stageVariables.get($key))"
    #if($foreach.hasNext),#end
#end
},
"context" : {
    "account-id" : "$context.identity.accountId",
    "api-id" : "$context.apiId",
    "api-key" : "$context.identity.apiKey",
    "authorizer-principal-id" : "$context.authorizer.principalId",
    "caller" : "$context.identity.caller",
    "cognito-authentication-provider" : "$context.identity.cognitoAuthenticationProvider",
    "cognito-authentication-type" : "$context.identity.cognitoAuthenticationType",
    "cognito-identity-id" : "$context.identity.cognitoIdentityId",
    "cognito-identity-pool-id" : "$context.identity.cognitoIdentityPoolId",
    "http-method" : "$context.httpMethod",
    "stage" : "$context.stage",
    "source-ip" : "$context.identity.sourceIp",
    "user" : "$context.identity.user",
    "user-agent" : "$context.identity.userAgent",
    "user-arn" : "$context.identity.userArn",
    "request-id" : "$context.requestId",
    "resource-id" : "$context.resourceId",
    "resource-path" : "$context.resourcePath"
    }
}
"""


def test_the_console_s_method_request_passthrough() -> None:
    """The template that the console generates; its output for an open method, as many have published it."""
    call = rest_call(
        method_facts(stage_variables={"colour": "red"}),
        method="PATCH",
        query="q=a%26b",
        headers=[("Accept", "*/*"), ("User-Agent", "PostmanRuntime/7.36.1")],
        path_parameters={"proxy": "users/profile"},
    )
    made = json.loads(render(PASS_THROUGH, {"weight": 0}, call))
    header = made["params"].pop("header")
    assert {"Accept": "*/*", "User-Agent": "PostmanRuntime/7.36.1"}.items() <= header.items()
    assert made == {
        "body-json": {"weight": 0},
        "params": {"path": {"proxy": "users/profile"}, "querystring": {"q": "a&b"}},
        "stage-variables": {"colour": "red"},
        "context": {
            "account-id": "",
            "api-id": call.facts.api_id,
            "api-key": "",
            "authorizer-principal-id": "",
            "caller": "",
            "cognito-authentication-provider": "",
            "cognito-authentication-type": "",
            "cognito-identity-id": "",
            "cognito-identity-pool-id": "",
            "http-method": "PATCH",
            "stage": "test",
            "source-ip": "192.0.2.1",
            "user": "",
            "user-agent": "PostmanRuntime/7.36.1",
            "user-arn": "",
            "request-id": call.request_id,
            "resource-id": "r3s0rc",
            "resource-path": "/{proxy+}",
        },
    }


UNIVERSAL = """
  #define( $loop )
    {
    #foreach($key in $map.keySet())
        #set( $k = $util.escapeJavaScript($key) )
        #set( $v = $util.escapeJavaScript($map.get($key)).replaceAll("\\\\'", "'") )
        "$k":
          "$v"
          #if( $foreach.hasNext ) , #end
    #end
    }
  #end
  {
    "body": $body,
    "principalId": "$context.authorizer.principalId",
    "cognitoPoolClaims" : { "sub": "$context.authorizer.claims.sub" },
    #set( $map = $context.authorizer )
    "enhancedAuthContext": $loop,
    #set( $map = $input.params().querystring )
    "query": $loop,
    #set( $map = $context.identity )
    "identity": $loop,
    #set( $map = $stageVariables )
    "stageVariables": $loop
  }
"""
OF_JSON = '#set( $body = $input.json("$") )'
OF_A_FORM = """#define( $body )
  {
  #foreach( $token in $input.path('$').split('&') )
    #set( $keyVal = $token.split('=') )
    #set( $keyValSize = $keyVal.size() )
    #if( $keyValSize >= 1 )
      #set( $key = $util.escapeJavaScript($util.urlDecode($keyVal[0])) )
      #if( $keyValSize >= 2 )
        #set($val = $util.escapeJavaScript($util.urlDecode($keyVal[1])).replaceAll("\\\\'","'"))
      #else
        #set( $val = '' )
      #end
      "$key": "$val"#if($foreach.hasNext),#end
    #end
  #end
  }
#end"""


@pytest.mark.parametrize(
    ("head", "payload", "body"),
    [(OF_JSON, b'{"a": 1}', {"a": 1}), (OF_A_FORM, b"a=1&b=x+y%21&c", {"a": "1", "b": "x y!", "c": ""})],
    ids=["json", "form"],
)
def test_the_serverless_framework_s_templates(head: str, payload: bytes, body: Any) -> None:
    """Serverless Framework, "lambda" integration: its default request templates."""
    facts = method_facts(stage_variables={"v": "it's"})
    made = json.loads(render(head + UNIVERSAL, payload, rest_call(facts, query="q=it's%20%22x%22")))
    assert made == {
        "body": body,
        "principalId": "",
        "cognitoPoolClaims": {"sub": ""},
        "enhancedAuthContext": {},
        "query": {"q": 'it\'s "x"'},
        "identity": {"sourceIp": "192.0.2.1"},
        "stageVariables": {"v": "it's"},
    }


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("$util.parseJson('no json')", ""),
        ("$util.parseJson(12)", ""),
        ("$util.escapeJavaScript($nothing)", ""),
        ("$util.escapeJavaScript(12)", "12"),
        ("$util.escapeJavaScript($input.path('$'))", r"{a=it\'s}"),
        ("$util.escapeJavaScript($input.path('$.a')).replaceAll(\"\\\\'\", \"'\")", "it's"),
        ("$input.path('$.b').c", ""),
    ],
)
def test_functions_of_values_that_are_none_of_theirs(template: str, expected: str) -> None:
    """ "Variables for data transformations for API Gateway"; dherault/serverless-offline, issue 136."""
    assert render(template, {"a": "it's"}) == expected


def test_how_many_there_are() -> None:
    """ "Variables for data transformations for API Gateway", `$input.path(x)`."""
    assert render("$input.path('$.pets').count() $input.path('$.pets').size()", {"pets": PETS}) == "3 3"
