"""`https` to the URL of a custom resource goes where the URL says; everything else goes where it went.

How handlers send: "cfn-response module" (AWS CloudFormation User Guide), and those of the CDK and the Serverless
Framework (`https.request({hostname, path})`).
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import gatewright.functions.runtimes.node as package

SCRIPT = Path(package.__file__).parent / "responses.cjs"
PATH = "/_gatewright/cloudformation/responses/abc"

PROGRAM = """
import http from 'node:http';
import https, { request as imported } from 'node:https';
import { createRequire } from 'node:module';

const { redirectTo } = createRequire(import.meta.url)(process.argv[1]);
const before = https.request;
redirectTo('not a URL');
redirectTo('https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x');
const isUntouched = https.request === before;
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => (body += piece));
  request.on('end', () => response.end(`${request.method} ${request.url} ${body} ${request.headers.connection}`));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const path = '/_gatewright/cloudformation/responses/abc?x=1';
const href = `http://127.0.0.1:${port}${path}`;
redirectTo(href);

function send(start) {
  return new Promise((resolve) => {
    const read = (response) => {
      let text = '';
      response.on('data', (piece) => (text += piece));
      response.on('end', () => resolve(text));
    };
    const request = start(read);
    request.on('error', (error) => resolve(error.code));
    request.end('answer');
  });
}

const options = { hostname: '127.0.0.1', path, method: 'PUT' };
const answers = {
  options: await send((read) => https.request(options, read)),
  port: await send((read) => https.request({ ...options, port: 443 }, read)),
  agent: await send((read) => https.request({ ...options, agent: new https.Agent() }, read)),
  url: await send((read) => https.request(href, { method: 'PUT' }, read)),
  object: await send((read) => https.request(new URL(href.replace('http:', 'https:')), { method: 'PUT' }, read)),
  imported: await send((read) => imported(options, read)),
  elsewhere: await send((read) => https.request({ hostname: '127.0.0.1', port: 1, path: '/other' }, read)),
};
server.close();
console.log(JSON.stringify({ isUntouched, answers }));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_requests_for_a_response_url_go_there() -> None:
    command = ["node", "--input-type=module", "--eval", PROGRAM, str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["isUntouched"]
    # A connection that stayed would keep a handler alive that doesn't read the answer.
    led = f"PUT {PATH}?x=1 answer close"
    assert report["answers"] == {
        **dict.fromkeys(("options", "port", "agent", "url", "object", "imported"), led),
        "elsewhere": "ECONNREFUSED",
    }
