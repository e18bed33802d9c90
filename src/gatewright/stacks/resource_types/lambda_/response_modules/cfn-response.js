// `require('cfn-response')`: answer a custom resource's request. Runs inside of functions.
// Source: "cfn-response module" (AWS CloudFormation User Guide): its names, its arguments, and what it writes to the log.
// Where a handler still has `context.done`, that ends it; the promise is for handlers that await it.
"use strict";

const http = require("http");
const https = require("https");

exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";

exports.send = function (event, context, responseStatus, responseData, physicalResourceId, noEcho) {
  const body = JSON.stringify({
    Status: responseStatus,
    Reason: "See the details in CloudWatch Log Stream: " + context.logStreamName,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: responseData,
  });
  console.log("Response body:\n", body);

  const target = new URL(event.ResponseURL);
  const options = { method: "PUT", headers: { "content-type": "", "content-length": Buffer.byteLength(body) } };
  return new Promise((resolve) => {
    const end = () => {
      resolve();
      if (typeof context.done === "function") context.done();
    };
    const request = (target.protocol === "https:" ? https : http).request(target, options, (response) => {
      console.log("Status code: " + response.statusCode);
      response.resume();
      response.on("end", end);
    });
    request.on("error", (error) => {
      console.log("send(..) failed executing the request: " + error);
      end();
    });
    request.end(body);
  });
};
