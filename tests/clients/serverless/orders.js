'use strict';
const { DynamoDBClient, GetItemCommand } = require('@aws-sdk/client-dynamodb');
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');

const { TABLE, QUEUE } = process.env;
const table = new DynamoDBClient();
const queue = new SQSClient();

exports.handler = async (event) => {
  if (event.httpMethod === 'POST') {
    await queue.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: event.body }));
    return { statusCode: 202, body: '' };
  }
  const { Item } = await table.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: event.pathParameters.id } } }));
  return Item ? { statusCode: 200, body: JSON.stringify({ from: Item.from.S }) } : { statusCode: 404, body: '' };
};
