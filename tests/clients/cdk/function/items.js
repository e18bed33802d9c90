'use strict';
const { DynamoDBClient, GetItemCommand, PutItemCommand } = require('@aws-sdk/client-dynamodb');
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');

const { TABLE, BUCKET } = process.env;
const table = new DynamoDBClient();
const files = new S3Client();

exports.handler = async (event) => {
  const { id } = event.pathParameters;
  if (event.httpMethod === 'PUT') {
    await files.send(new PutObjectCommand({ Bucket: BUCKET, Key: id, Body: event.body }));
    await table.send(new PutItemCommand({ TableName: TABLE, Item: { id: { S: id }, made: { S: event.body } } }));
    return { statusCode: 201, body: '' };
  }
  const { Item } = await table.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }));
  return Item ? { statusCode: 200, body: Item.made.S } : { statusCode: 404, body: '' };
};
