// The response of AWS's page "Invoking a Lambda function using an Amazon API Gateway endpoint".
export const handler = async () => ({
  statusCode: 200,
  headers: { 'Content-Type': 'application/json' },
  isBase64Encoded: false,
  multiValueHeaders: { 'X-Custom-Header': ['My value', 'My other value'] },
  body: '{\n  "TotalCodeSize": 104330022,\n  "FunctionCount": 26\n}',
});
