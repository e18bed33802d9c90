import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';

const lambda = new LambdaClient();

export const handler = async (event) => {
  console.log('EVENT', JSON.stringify(event));
  const { AccountUsage: usage } = await lambda.send(new GetAccountSettingsCommand());
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    isBase64Encoded: false,
    multiValueHeaders: { 'X-Custom-Header': ['My value', 'My other value'] },
    body: JSON.stringify({ TotalCodeSize: usage.TotalCodeSize, FunctionCount: usage.FunctionCount }, null, 2),
  };
};
